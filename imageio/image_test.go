package imageio

import "testing"

func TestImageLayout(t *testing.T) {
	m := New(3, 2, 3)
	if len(m.Pix) != 18 || m.Depth != 8 {
		t.Fatalf("New(3,2,3): %d samples, depth %d", len(m.Pix), m.Depth)
	}
	for i := range m.Pix {
		m.Pix[i] = float32(i)
	}
	if got := m.At(2, 1, 0); got != 15 {
		t.Errorf("At(2,1,0) = %v, want 15", got)
	}
	plane := m.Plane(1)
	if len(plane) != 6 || cap(plane) != 6 || plane[0] != 6 {
		t.Errorf("Plane(1) = %v (cap %d), want 6..11", plane, cap(plane))
	}
	plane[0] = -1
	if m.At(1, 0, 0) != -1 {
		t.Error("Plane does not share memory")
	}
}

func TestCloneSharesNothing(t *testing.T) {
	m := New(2, 2, 1)
	m.Notes = []string{"a"}
	m.Depth = 16
	c := m.Clone()
	c.Pix[0], c.Notes[0] = 1, "b"
	if m.Pix[0] != 0 || m.Notes[0] != "a" {
		t.Error("the clone wrote into its source")
	}
	if c.W != 2 || c.H != 2 || c.C != 1 || c.Depth != 16 || len(c.Pix) != 4 {
		t.Errorf("clone is %+v", c)
	}
}

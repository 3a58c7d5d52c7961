package runlog

import (
	"math"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"igs/event"
)

func TestReadMetricsIsTheInverseOfWriting(t *testing.T) {
	path := filepath.Join(t.TempDir(), "metrics.csv")
	want := []event.Evaluated{
		{Step: 100, TotalLoss: 0.5, L1: 0.25, L2: 0.125, SSIMLoss: 0.0625, PSNR: 30, SSIM: 0.75, Splats: 7, Bytes: 8, RenderTime: 1.5, TotalTime: 2.5, LRScale: 0.1, LossScale: 1024, DeviceBytes: 9},
		{Step: 200, PSNR: math.Inf(1)},
	}
	m := NewMetrics(path)
	for _, e := range want {
		m.Take(e)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := ReadMetrics(path)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestReadMetricsFindsColumnsByName(t *testing.T) {
	got, err := readMetrics(strings.NewReader("step,odd,ssim\n5,x,0.5\n"))
	if err != nil || len(got) != 1 || got[0].Step != 5 || got[0].SSIM != 0.5 {
		t.Errorf("%+v, %v", got, err)
	}
	for text, want := range map[string]string{"": "no header", "a,b\n": "first column", "step,psnr\n1,2\n3,x\n": "line 3: psnr", "step,psnr\n1\n": "wrong number of fields"} {
		if _, err := readMetrics(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %s", text, err, want)
		}
	}
}

func FuzzReadMetrics(f *testing.F) {
	f.Add(metricsHeader + "1,2,3,4,5,6,7,8,9,10,11,12,13,14\n")
	f.Add("step\n\"")
	f.Fuzz(func(t *testing.T, text string) { readMetrics(strings.NewReader(text)) })
}

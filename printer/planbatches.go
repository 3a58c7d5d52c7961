package printer

import (
	"fmt"
	"io"

	"igs/runlog"
)

// writeBatches writes a row for the pictures of each size of a plan in flat layout, and the totals.
func (p planPage) writeBatches(out io.Writer) {
	t := table{header: []string{"pictures", "size", "splats", "steps", "together", "device", "disk", "time"}, indent: 2}
	var disk int64
	var seconds float64
	pictures, timed := 0, true
	for _, b := range p.Batches {
		time := "–"
		if b.Seconds > 0 {
			time = about(b.Seconds)
		}
		t.add(fmt.Sprint(b.Pictures), fmt.Sprintf("%d × %d px", b.Picture.W, b.Picture.H), splatsOf(b.Run), fmt.Sprint(b.Run.Steps),
			fmt.Sprint(b.Together), runlog.Bytes(b.Bytes), runlog.Bytes(b.Disk), time)
		disk, seconds, pictures, timed = disk+b.Disk, seconds+b.Seconds, pictures+b.Pictures, timed && b.Seconds > 0
	}
	t.write(out, p.columns)
	fmt.Fprintln(out)
	p.line(out, "in all   %s, in one folder of models", count(pictures, "picture"))
	if p.Unread > 0 {
		p.line(out, "broken   %s that cannot be read", count(p.Unread, "picture"))
	}
	p.line(out, "disk     %s at most", runlog.Bytes(disk))
	if !timed {
		p.line(out, "time     unknown, because it was not measured")
		return
	}
	p.line(out, "time     about %s, from a few steps: %.0f pictures/h", about(seconds), 3600*float64(pictures)/max(seconds, 1e-9))
}

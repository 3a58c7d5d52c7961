package runlog

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"igs/event"
	"igs/metric"
)

// On any disk and with any number of evaluations, a file takes at most a third of a percent of the time.
func TestOutputFilesCostLittle(t *testing.T) {
	for _, disk := range []time.Duration{time.Millisecond, 50 * time.Millisecond, time.Second} {
		c := newClock()
		began, writing := c.t, time.Duration(0)
		s := newOutputFile(filepath.Join(t.TempDir(), "s"))
		s.now = func() time.Time { // publish reads the clock a second time after it has written
			if s.written < len(s.text) && s.last != c.t {
				if stamp, err := os.Stat(s.path); err == nil && stamp.Size() == int64(len(s.text)) {
					c.pass(disk)
					writing += disk
				}
			}
			return c.t
		}
		for range 20000 {
			s.Write([]byte("100,0.1\n"))
			c.pass(100 * time.Millisecond)
		}
		if share := float64(writing) / float64(c.t.Sub(began)); share > 0.0035 || writing == 0 {
			t.Errorf("a disk that takes %v: %.2f %% of the time", disk, 100*share)
		}
	}
}

func evaluations(steps ...int) []event.Event {
	var all []event.Event
	for _, step := range steps {
		all = append(all, event.Evaluated{Step: step, Scores: metric.Scores{PSNR: 20 + float64(step)/7, SSIM: 0.5}})
	}
	return all
}

func TestMetricsGoOnWhereTheCheckpointWas(t *testing.T) {
	dir := t.TempDir()
	whole, parts := filepath.Join(dir, "whole"), filepath.Join(dir, "parts")
	write := func(m *Metrics, err error, events []event.Event) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			m.Take(e)
		}
		if err := m.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	write(NewMetrics(whole), nil, evaluations(10, 20, 30, 40, 50))
	m, err := ContinueMetrics(parts, 0) // there is no file yet
	write(m, err, evaluations(10, 20, 30))
	m, err = ContinueMetrics(parts, 20)
	write(m, err, evaluations(30, 40))
	m, err = ContinueMetrics(parts, 40)
	write(m, err, evaluations(50))
	a, _ := os.ReadFile(whole)
	if b, _ := os.ReadFile(parts); string(a) != string(b) {
		t.Errorf("in parts:\n%s\nwhole:\n%s", b, a)
	}
	for name, text := range map[string]string{
		"columns": "step,loss\n10,1\n", "number": metricsHeader + "x,0,0,0,0,0,0,0,0,0,0,0,0,0\n", "cut": metricsHeader + "10,0,0\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := ContinueMetrics(path, 100); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestLogsGoOn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.txt")
	for _, text := range []string{"first", "second"} {
		l, err := ContinueLogFile(path, false)
		if err != nil {
			t.Fatal(err)
		}
		l.Take(event.Warned{Text: text})
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	text, _ := os.ReadFile(path)
	if lines := strings.Split(string(text), "\n"); len(lines) != 3 || !strings.Contains(lines[0], "first") || !strings.Contains(lines[1], "second") {
		t.Errorf("%s", text)
	}
}

// tensorEvent is the content of a record.
type tensorEvent struct {
	step    int
	version string
	start   bool
	scalars map[string]float32

	texts    map[string]string
	plugin   string
	pictures map[string][2]int // width and height
}

func pngOf(t *testing.T, w, h int) []byte {
	t.Helper()
	var data bytes.Buffer
	if err := png.Encode(&data, image.NewRGBA(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return data.Bytes()
}

func TestTensorBoard(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tensorboard")
	picture := filepath.Join(t.TempDir(), "render.png")
	if err := WriteFile(picture, pngOf(t, 5, 4)); err != nil {
		t.Fatal(err)
	}
	for _, from := range []int{0, 15} {
		b, err := NewTensorBoard(dir, from)
		if err != nil {
			t.Fatal(err)
		}
		b.Take(event.Warned{Text: "not a scalar"})
		b.Settings([]Setting{{"train.seed", "7", "--seed"}, {"input.images", `["a|b.png"]`, "the command\nline"}})
		b.Take(event.Evaluated{Step: from + 10, TotalLoss: 0.25, Scores: metric.Scores{PSNR: math.Inf(1), SSIM: 0}, Splats: 7})
		b.Take(event.Saved{Kind: "render", Path: picture})
		b.Take(event.Saved{Kind: "model", Path: picture})
		b.Take(event.Saved{Kind: "error", Path: filepath.Join(dir, "absent.png")})
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		files, _ := filepath.Glob(filepath.Join(dir, "events.out.tfevents.*"))
		if len(files) != 1 {
			t.Fatalf("files: %q", files)
		}
		data, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		os.Remove(files[0]) // both files have the same second and process in their names
		events, err := readEvents(data)
		if err != nil {
			t.Fatal(err)
		}
		if purge := events[1]; !purge.start || purge.step != from+1 {
			t.Errorf("no start of a session at step %d: %+v", from+1, purge)
		}
		events = append(events[:1], events[2:]...)
		want := map[string]float32{
			"loss/total": 0.25, "loss/l1": 0, "loss/l2": 0, "loss/ssim": 0, "quality/psnr": float32(math.Inf(1)), "quality/ssim": 0, "model/splats": 7,
			"model/bytes": 0, "schedule/lr_scale": 0, "schedule/loss_scale": 0, "time/render": 0, "time/total": 0, "device/bytes": 0,
		}
		if len(events) != 4 || events[0].version != "brain.Event:2" || events[2].step != from+10 || !reflect.DeepEqual(events[2].scalars, want) {
			t.Errorf("events: %+v", events)
		}
		table := "| setting | value | from |\n|---|---|---|\n| train.seed | 7 | --seed |\n| input.images | [\"a\\|b.png\"] | the command line |\n"
		if text := events[1]; text.step != from || text.texts["settings/text_summary"] != table || text.plugin != "text" {
			t.Errorf("settings: %+v", text)
		}
		if shown := events[3]; shown.step != from+10 || !reflect.DeepEqual(shown.pictures, map[string][2]int{"pictures/render": {5, 4}}) {
			t.Errorf("pictures: %+v", shown)
		}
	}
}

// tensorPicture is the size of a picture, when its PNG has the same size.
func tensorPicture(message []byte) (size [2]int) {
	each(message, func(field protowire.Number, number uint64, data []byte) {
		switch field {
		case 1:
			size[1] = int(number)
		case 2:
			size[0] = int(number)
		case 4:
			if found, err := png.DecodeConfig(bytes.NewReader(data)); err != nil || found.Width != size[0] || found.Height != size[1] {
				size = [2]int{}
			}
		}
	})
	return size
}

// readEvents parses an event file with code of its own. The numbers of the format come from its documentation, and
// CRC-32C is computed bit by bit.
func readEvents(data []byte) (events []tensorEvent, err error) {
	for len(data) > 0 {
		if len(data) < 16 {
			return nil, io.ErrUnexpectedEOF
		}
		n := binary.LittleEndian.Uint64(data)
		if binary.LittleEndian.Uint32(data[8:]) != maskedBitwise(data[:8]) {
			return nil, errors.New("checksum of the length")
		}
		m := data[12 : 12+n]
		if binary.LittleEndian.Uint32(data[12+n:]) != maskedBitwise(m) {
			return nil, errors.New("checksum of the message")
		}
		data = data[16+n:]
		e := tensorEvent{scalars: map[string]float32{}, texts: map[string]string{}, pictures: map[string][2]int{}}
		each(m, func(field protowire.Number, number uint64, bytes []byte) {
			switch field {
			case 2:
				e.step = int(number)
			case 3:
				e.version = string(bytes)
			case 7:
				each(bytes, func(field protowire.Number, number uint64, _ []byte) { e.start = field == 1 && number == 1 })
			case 5:
				each(bytes, func(_ protowire.Number, _ uint64, value []byte) {
					tag := ""
					each(value, func(field protowire.Number, number uint64, bytes []byte) {
						switch field {
						case 1:
							tag = string(bytes)
						case 4:
							e.pictures[tag] = tensorPicture(bytes)
						case 8:
							each(bytes, func(field protowire.Number, _ uint64, text []byte) {
								if field == 8 {
									e.texts[tag] = string(text)
								}
							})
						case 9:
							each(bytes, func(_ protowire.Number, _ uint64, plugin []byte) {
								each(plugin, func(_ protowire.Number, _ uint64, name []byte) { e.plugin = string(name) })
							})
						default:
							e.scalars[tag] = math.Float32frombits(uint32(number))
						}
					})
				})
			}
		})
		events = append(events, e)
	}
	return events, nil
}

func each(m []byte, take func(field protowire.Number, number uint64, bytes []byte)) {
	for len(m) > 0 {
		field, kind, n := protowire.ConsumeTag(m)
		m = m[n:]
		switch kind {
		case protowire.VarintType:
			v, n := protowire.ConsumeVarint(m)
			take(field, v, nil)
			m = m[n:]
		case protowire.Fixed32Type:
			take(field, uint64(binary.LittleEndian.Uint32(m)), nil)
			m = m[4:]
		case protowire.Fixed64Type:
			take(field, binary.LittleEndian.Uint64(m), nil)
			m = m[8:]
		case protowire.BytesType:
			v, n := protowire.ConsumeBytes(m)
			take(field, 0, v)
			m = m[n:]
		}
	}
}

func maskedBitwise(data []byte) uint32 {
	crc := ^uint32(0)
	for _, b := range data {
		crc ^= uint32(b)
		for range 8 {
			crc = crc>>1 ^ 0x82f63b78&-(crc&1)
		}
	}
	crc = ^crc
	return (crc>>15 | crc<<17) + 0xa282ead8
}

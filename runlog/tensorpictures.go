package runlog

import (
	"bytes"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"

	"igs/event"
)

// Field numbers of Summary.Value, Summary.Image, SummaryMetadata and its plugin data, and TensorProto.
const (
	valueImage, valueTensor, valueMetadata = 4, 8, 9

	imageHeight, imageWidth, imageChannels, imageBytes = 1, 2, 3, 4

	metadataPlugin = 1
	pluginName     = 1

	tensorType, tensorText = 1, 8
	typeText               = 7 // a value of tensorType
)

// largestPicture is the size of the largest picture file that is copied into an event file, bytes.
const largestPicture = 32 << 20

// shownPictures are the kinds of files that are copied.
var shownPictures = []string{"render", "target", "error", "gradient", "saliency"}

// Setting is a setting of a run.
type Setting struct{ Key, Value, Origin string }

// Settings writes the settings of the run as a table, which TensorBoard shows under Text.
func (b *TensorBoard) Settings(settings []Setting) {
	var table strings.Builder
	table.WriteString("| setting | value | from |\n|---|---|---|\n")
	for _, s := range settings {
		cell := func(text string) string { return strings.NewReplacer("|", `\|`, "\n", " ").Replace(text) }
		fmt.Fprintf(&table, "| %s | %s | %s |\n", cell(s.Key), cell(s.Value), cell(s.Origin))
	}
	plugin := protowire.AppendString(protowire.AppendTag(nil, pluginName, protowire.BytesType), "text")
	metadata := protowire.AppendBytes(protowire.AppendTag(nil, metadataPlugin, protowire.BytesType), plugin)
	tensor := protowire.AppendVarint(protowire.AppendTag(nil, tensorType, protowire.VarintType), typeText)
	tensor = protowire.AppendString(protowire.AppendTag(tensor, tensorText, protowire.BytesType), table.String())
	b.appendValue(b.step, "settings/text_summary", func(value []byte) []byte {
		value = protowire.AppendBytes(protowire.AppendTag(value, valueTensor, protowire.BytesType), tensor)
		return protowire.AppendBytes(protowire.AppendTag(value, valueMetadata, protowire.BytesType), metadata)
	})
}

// picture copies a picture of the run. A file that is not a PNG, or that is too large, is left out.
func (b *TensorBoard) picture(e event.Saved) {
	info, err := os.Stat(e.Path)
	if !slices.Contains(shownPictures, e.Kind) || err != nil || info.Size() > largestPicture {
		return
	}
	data, err := os.ReadFile(e.Path)
	if err != nil {
		return
	}
	size, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return
	}
	image := protowire.AppendVarint(protowire.AppendTag(nil, imageHeight, protowire.VarintType), uint64(size.Height))
	image = protowire.AppendVarint(protowire.AppendTag(image, imageWidth, protowire.VarintType), uint64(size.Width))
	image = protowire.AppendVarint(protowire.AppendTag(image, imageChannels, protowire.VarintType), 3)
	image = protowire.AppendBytes(protowire.AppendTag(image, imageBytes, protowire.BytesType), data)
	name := strings.TrimSuffix(filepath.Base(e.Path), filepath.Ext(e.Path))
	b.appendValue(b.step, "pictures/"+strings.ToValidUTF8(name, "_"), func(value []byte) []byte {
		return protowire.AppendBytes(protowire.AppendTag(value, valueImage, protowire.BytesType), image)
	})
}

// appendValue writes a Summary with one value. fill appends what the value holds.
func (b *TensorBoard) appendValue(step int, tag string, fill func(value []byte) []byte) {
	value := fill(protowire.AppendString(protowire.AppendTag(nil, valueTag, protowire.BytesType), tag))
	summary := protowire.AppendBytes(protowire.AppendTag(nil, summaryValue, protowire.BytesType), value)
	b.append(step, func(m []byte) []byte {
		return protowire.AppendBytes(protowire.AppendTag(m, eventSummary, protowire.BytesType), summary)
	})
}

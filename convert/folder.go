package convert

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"igs/imageio"
	"igs/internal/fault"
	"igs/internal/oneline"
	"igs/internal/wholefile"
)

// researchFolder is what the folder of a run of the research code tells about its checkpoints. The checkpoints are in a
// folder of their own in it. Beside that folder are the settings, cfg_train.yaml, and the trained targets,
// gt_res-HxW.jpg or, for a stack, gt_res-HxW_1.jpg and so on.
type researchFolder struct {
	ModelHints
}

const longestSettings = 1 << 16 // bytes

// readFolder reads the folder of the checkpoint and the folder above it. It is no error when they hold nothing.
func readFolder(checkpoint string, channels int) (*researchFolder, error) {
	f := &researchFolder{}
	whole, err := filepath.Abs(checkpoint) // so that a name without a folder has one above it, too
	if err != nil {
		return nil, err
	}
	for _, dir := range []string{filepath.Dir(filepath.Dir(whole)), filepath.Dir(whole)} {
		path := filepath.Join(dir, "cfg_train.yaml")
		text, err := readSettings(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = f.settings(string(text))
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", oneline.Path(path), wholefile.Unnamed(err))
		}
		f.targets(dir, channels)
		break
	}
	return f, nil
}

func readSettings(path string) ([]byte, error) {
	r, _, err := open(path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, longestSettings+1))
	if err == nil && len(text) > longestSettings {
		err = errors.New("longer than any settings of Image-GS")
	}
	return text, err
}

// settings reads the lines "key: value" of a cfg_train.yaml that convert needs, and skips the others.
func (f *researchFolder) settings(text string) error {
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(strings.TrimRight(line, "\r\n"), ": ")
		var err error
		switch value = strings.TrimSpace(value); key {
		case "gamma":
			f.Gamma, err = strconv.ParseFloat(value, 64)
		case "topk":
			f.TopK, err = strconv.Atoi(value)
		case "disable_inverse_scale":
			f.Sigma, err = strconv.ParseBool(value)
		case "disable_topk_norm":
			var plain bool
			if plain, err = strconv.ParseBool(value); plain {
				return fault.New(fault.BadInput, "train it again without disable_topk_norm", "the model adds its splats up without dividing by the sum of weights (disable_topk_norm), which igs cannot render")
			}
		}
		if err != nil {
			return fmt.Errorf("%s is %q", key, value)
		}
	}
	return nil
}

var targetName = regexp.MustCompile(`^gt_res-(\d{1,5})x(\d{1,5})(?:_(\d{1,2}))?\.(?:png|jpe?g)$`)

// targets takes the size from the names of the targets. It takes the channels from their headers if they fit the model.
func (f *researchFolder) targets(dir string, channels int) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	byNumber := map[int]string{}
	for _, e := range entries {
		if match := targetName.FindStringSubmatch(e.Name()); match != nil {
			f.H, _ = strconv.Atoi(match[1])
			f.W, _ = strconv.Atoi(match[2])
			n, _ := strconv.Atoi(match[3])
			byNumber[n] = filepath.Join(dir, e.Name())
		}
	}
	sum := 0
	var layers []int
	for n := range len(byNumber) + 1 { // one without number, or from 1 on
		if byNumber[n] == "" {
			continue
		}
		if size, err := imageio.ReadSize(byNumber[n]); err == nil {
			layers, sum = append(layers, size.C), sum+size.C
		}
	}
	if sum == channels {
		f.Layers = layers
	}
}

// fill adds what the folder tells to what the user told. The user's values count more.
func (f *researchFolder) fill(given ModelHints) (ModelHints, []string) {
	var found []string
	if given.W == 0 && f.W > 0 {
		given.W, given.H = f.W, f.H
		found = append(found, fmt.Sprintf("size %d × %d px", f.W, f.H))
	}
	if given.Layers == nil && f.Layers != nil {
		given.Layers = slices.Clone(f.Layers)
		if len(f.Layers) > 1 {
			found = append(found, "layers "+strings.Trim(strings.ReplaceAll(fmt.Sprint(f.Layers), " ", ","), "[]"))
		}
	}
	if given.Gamma == 0 && f.Gamma > 0 {
		given.Gamma = f.Gamma
		found = append(found, fmt.Sprintf("gamma %g", f.Gamma))
	}
	if given.TopK == 0 && f.TopK > 0 {
		given.TopK = f.TopK
		found = append(found, fmt.Sprintf("topk %d", f.TopK))
	}
	if !given.Sigma && f.Sigma {
		given.Sigma = true
		found = append(found, "σ as scale")
	}
	if found == nil {
		return given, nil
	}
	return given, []string{strings.Join(found, ", ") + ": from the folder of the run"}
}

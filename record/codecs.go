package record

// Codecs is the content of codecs.json: files of codecs beside the models of a session.
type Codecs struct {
	Codecs   []CodecName    `json:"codecs"`
	Missing  []string       `json:"missing,omitempty"` // codecs that were not installed
	Pictures []CodecPicture `json:"pictures"`
}

// CodecName is a codec and its settings.
type CodecName struct {
	Name string `json:"name"`
	Note string `json:"note"`
}

// CodecPicture is a picture with the points of the models and of the codecs.
type CodecPicture struct {
	Image  string       `json:"image"` // name of its file
	Sha256 string       `json:"sha256"`
	W      int          `json:"width"`
	H      int          `json:"height"`
	Points []CodecPoint `json:"points"`
}

// Models is the name of models among codecs.
const Models = "igs"

// CodecPoint is a file. Its qualities are those of the picture in 8 bits.
type CodecPoint struct {
	Codec string `json:"codec"` // Models for a model
	Label string `json:"label"` // the setting of the codec, or the name of the run
	Bytes int64  `json:"num_bytes"`
	PSNR  Number `json:"psnr"` // of red, green and blue
	Luma  Number `json:"luma_psnr"`
}

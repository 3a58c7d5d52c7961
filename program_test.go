package igs_test

import (
	"context"
	"log"
	"os"
	"path/filepath"

	"igs"
)

func program() {
	pictures, _ := filepath.Glob(filepath.Join(os.Args[1], "*.png"))
	for _, path := range pictures {
		picture, err := igs.ReadPicture(path)
		if err != nil {
			log.Fatal(err)
		}
		model, err := igs.Train(context.Background(), picture, igs.Options{Splats: 500, Steps: 100})
		if err != nil {
			log.Fatal(err, "\n", igs.Hint(err))
		}
		if err := model.Save(path + ".igsm"); err != nil {
			log.Fatal(err)
		}
	}
}

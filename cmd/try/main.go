package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/optim"
	"igs/vk"
)

func cpu() float64 {
	var r syscall.Rusage
	syscall.Getrusage(0, &r)
	return float64(r.Utime.Sec+r.Stime.Sec) + float64(r.Utime.Usec+r.Stime.Usec)/1e6
}

func main() {
	img, err := imageio.Read(os.Args[1])
	if err != nil {
		panic(err)
	}
	n, _ := strconv.Atoi(os.Args[2])
	steps, _ := strconv.Atoi(os.Args[3])
	j := configs.Default()
	run := configs.Run{Name: "try", Image: os.Args[1], Gaussians: n, Steps: steps, Settings: j.Settings}
	dev, err := vk.Open(vk.Options{Select: "auto", CacheDir: "/tmp/igscache", Profile: len(os.Args) > 4})
	if err != nil {
		panic(err)
	}
	defer dev.Close()
	if len(os.Args) > 4 {
		var c [2]float64
		i := 0
		rep, err := optim.Bench(dev, img, run, steps, func() { c[i] = cpu(); i++ })
		if err != nil {
			panic(err)
		}
		t := 0.0
		for _, k := range rep.Kernels {
			fmt.Printf("%-16s %3d %8.2f\n", k.Name, k.Dispatches, k.Milliseconds)
			t += k.Milliseconds
		}
		fmt.Printf("sum %.1f ms; %.2f steps/s; cpu %.1f ms/step; psnr %.3f pairs %d mem %d\n", t, rep.StepsPerSec, (c[1]-c[0])/float64(steps)*1000, rep.PSNR, rep.Pairs, rep.Memory.Peak)
		return
	}
	began := time.Now()
	tr, err := optim.New(dev, img, run, func(e event.Event) {
		switch e := e.(type) {
		case event.Evaluated:
			fmt.Printf("%d,%.6f,%.6f,%.6f,%.4f,%.6f,%d,%.1f,%.1f,%g\n", e.Step, e.TotalLoss, e.L1, e.SSIMLoss, e.PSNR, e.SSIM, e.Splats, time.Since(began).Seconds(), cpu(), e.LRScale)
		}
	})
	if err != nil {
		panic(err)
	}
	res, err := tr.Run(context.Background())
	fmt.Println(res, err)
	m, err := tr.Render()
	if err != nil {
		panic(err)
	}
	imageio.WritePNG("/tmp/try.png", m, 8)
}

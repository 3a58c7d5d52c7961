# igs with Vulkan drivers of Mesa (CPU, AMD, Intel) and ffmpeg. docs/install.md says how to run it.
FROM debian:trixie-slim AS build
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends make golang-go gcc libc6-dev ca-certificates git
WORKDIR /src
COPY . .
RUN make build && make install DESTDIR=/install PREFIX=/usr

FROM debian:trixie-slim
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends libvulkan1 mesa-vulkan-drivers ffmpeg && rm -rf /var/lib/apt/lists/*
COPY --from=build /install /
# What the container toolkit of NVIDIA must bring for Vulkan.
ENV NVIDIA_DRIVER_CAPABILITIES=compute,graphics,utility
WORKDIR /data
ENTRYPOINT ["igs"]
CMD ["--help"]

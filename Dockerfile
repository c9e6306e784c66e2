# vanthu with LibreOffice and the fonts that its forms are set in. The image has
# no state and no secrets: /data is a volume, compose.yaml says the rest.
FROM golang:1.26-bookworm AS build
ARG GOPROXY
WORKDIR /src
# Only the headers: installing the package would bring LibreOffice with GTK.
RUN apt-get update && cd /tmp && apt-get download libreofficekit-dev && dpkg -x libreofficekit-dev_*.deb / \
 && rm -rf /tmp/* /var/lib/apt/lists/*
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=1 go build -trimpath -buildvcs=false -ldflags="-s -w" -o /out/vanthu .

FROM debian:bookworm-slim
# fonts-liberation2, not fonts-liberation: the older one has no Vietnamese.
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      ca-certificates fontconfig fonts-liberation2 libreoffice-writer-nogui tzdata \
 && rm -rf /var/lib/apt/lists/* && fc-cache -f
# /store-key as in docker/minio/Dockerfile: whoever comes first, a new volume
# has the right owner.
RUN groupadd -g 10001 vanthu && useradd -u 10001 -g vanthu -d /nonexistent -s /usr/sbin/nologin vanthu \
 && install -d -m 0700 -o vanthu -g vanthu /data && install -d -m 2750 -o 10002 -g vanthu /store-key
COPY --from=build /out/vanthu /usr/local/bin/
# Scratch and LibreOffice's profile: the one place outside /data that is written.
ENV XDG_CACHE_HOME=/tmp LANG=C.UTF-8
USER vanthu
EXPOSE 8080
ENTRYPOINT ["vanthu"]
CMD ["serve"]

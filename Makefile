# `make run` and `make test` do all the set-up themselves.
SHELL := /bin/sh
export CGO_ENABLED := 1
DATA ?= data
LISTEN ?= 127.0.0.1:8080

.PHONY: run build test bench soak

run: ## the service with the example office, on the filesystem
	@scripts/setup run
	@$(MAKE) --no-print-directory build
	@exec bin/vanthu serve --demo --data $(DATA) --listen $(LISTEN) --log $(DATA)/vanthu.log

build: ## bin/vanthu
	@go build -o bin/vanthu .

test: ## everything, against real LibreOffice, MinIO, Chromium, OpenSSL, poppler, qpdf
	@scripts/setup test
	go vet ./...
	go test -race -timeout 80m ./...

soak: ## as root, the long run: kills, full disk, slow and faulty store, clock moved back; SOAK_KILLS, SOAK_MINIO_KILLS
	@scripts/setup test
	go test -tags soak -timeout 3h -count 1 -v -run 'TestSoak|TestNewYearBetweenSignatureAndNumber|TestTwoInstances' .

bench: ## each figure beside its baseline, measured in the same run
	@scripts/setup test
	go test -run '^$$' -bench 'WholeLine|TwoWorkers' -benchtime 20x .
	go test -run '^$$' -bench MemoryAfter500 -benchtime 1x .
	go test -run '^$$' -bench BenchmarkService -benchtime 3x .
	go test -run '^$$' -bench . $$(go list ./... | tail -n +2)

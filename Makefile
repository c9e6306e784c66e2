# `make run` and `make test` do all the set-up themselves.
SHELL := /bin/sh
export CGO_ENABLED := 1
DATA ?= data
EXAMPLE := templates/testdata/seeds/000_90bb067c4e1b730f.json

.PHONY: run build test bench

run: ## the first plan, from the example data to a sealed PDF
	@scripts/setup run
	@$(MAKE) --no-print-directory build
	@mkdir -p $(DATA)
	@bin/vanthu issue --demo --data $(DATA) -t ke-hoach -d $(EXAMPLE) -o $(DATA)/ke-hoach.pdf --request make-run
	@bin/vanthu verify --demo --data $(DATA) $(DATA)/ke-hoach.pdf
	@echo "Mở $(CURDIR)/$(DATA)/ke-hoach.pdf để xem kế hoạch đầu tiên."

build: ## bin/vanthu
	@go build -o bin/vanthu .

test: ## everything, against real LibreOffice, MinIO, OpenSSL, poppler, qpdf
	@scripts/setup test
	go vet ./...
	go test -race -timeout 60m ./...

bench: ## each figure beside its baseline, measured in the same run
	@scripts/setup test
	go test -run '^$$' -bench 'WholeLine|TwoWorkers' -benchtime 20x .
	go test -run '^$$' -bench MemoryAfter500 -benchtime 1x .
	go test -run '^$$' -bench . $$(go list ./... | tail -n +2)

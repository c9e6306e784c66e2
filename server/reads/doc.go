// Package reads is the access history of documents (lịch sử truy cập; NĐ 30/2020,
// PL VI, Phần I, mục III.5): who read which document when and how.
//
// It is personal data without the weight of the journal: working state
// (storage.WorkStore) that ends with its retention.
//
//	access/<organisation>/<document>/<time>-<random>.jsonl    a batch, created once
//
// An instance keeps what was read in memory and writes it every few seconds and
// when it closes: one that crashes loses those seconds, and nobody who reads waits
// for the store. While the store is away the newest reads that no longer fit are
// dropped, counted and logged; the documents stay readable. The same person
// reading the same thing the same way again within the same ten minutes (Again) is
// one line, across batches and instances too, when the history is shown.
//
// What the service hands out is what it knows: that somebody printed a page or a
// saved file it is not told. The package knows no HTTP.
package reads

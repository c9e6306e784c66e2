package server

import (
	"fmt"
	"os"
	"testing"

	"vanthu/converter"
	"vanthu/signer/verify"
)

const (
	convertWorker = "convert-worker"
	secondOpinion = "second-opinion"
)

// The office of the tests starts its limited parts from its own executable,
// which here is the test binary.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 {
		switch os.Args[1] {
		case convertWorker:
			os.Exit(converter.RunWorker())
		case secondOpinion:
			os.Exit(verify.RunSecondOpinion(os.Stdin, os.Stdout))
		}
	}
	code := m.Run()
	if err := house.close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

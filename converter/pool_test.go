package converter

import (
	"context"
	"testing"
)

func TestConvert(t *testing.T) {
	p := newPool(t, Config{Workers: 1})
	for range 3 {
		if _, err := p.Convert(context.Background(), canary()); err != nil {
			t.Fatal(err)
		}
	}
}

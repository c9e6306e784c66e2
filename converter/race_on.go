//go:build race

package converter

const raceEnabled = true

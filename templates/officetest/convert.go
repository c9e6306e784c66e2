package officetest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Convert converts files with LibreOffice and returns the folder they are in.
func Convert(t testing.TB, to string, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	args := []string{"--headless", "-env:UserInstallation=file://" + dir + "/profile", "--convert-to", to, "--outdir", dir + "/out"}
	for name, b := range files {
		path := filepath.Join(dir, name+".docx")
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		args = append(args, path)
	}
	if out, err := exec.CommandContext(t.Context(), "soffice", args...).CombinedOutput(); err != nil {
		t.Fatalf("LibreOffice: %v\n%s", err, out)
	}
	return filepath.Join(dir, "out")
}

// ToPDF is PDF/A-2b with bookmarks as named destinations, as the service makes it.
const ToPDF = `pdf:writer_pdf_Export:{"SelectPdfVersion":{"type":"long","value":"2"},"ExportBookmarksToPDFDestination":{"type":"boolean","value":"true"}}`

package converter

/*
#cgo LDFLAGS: -ldl
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <LibreOfficeKit/LibreOfficeKitInit.h>

// The Go runtime dies when a signal arrives on one of its threads and the
// handler does not ask for the alternate stack; LibreOffice's handlers do not.
static void vt_settle_signals(void) {
	for (int n = 1; n < 65; n++) {
		struct sigaction a;
		if (sigaction(n, NULL, &a) != 0 || a.sa_handler == SIG_DFL || a.sa_handler == SIG_IGN || (a.sa_flags & SA_ONSTACK))
			continue;
		a.sa_flags |= SA_ONSTACK;
		sigaction(n, &a, NULL);
	}
	// These must end the worker at once: Go swallows the CPU limit's signal, and
	// LibreOffice's own handlers would leave a crashed worker hanging.
	const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGXCPU};
	for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
		signal(fatal[i], SIG_DFL);
}

static LibreOfficeKit *vt_init(const char *program, const char *profile) {
	LibreOfficeKit *kit = lok_init_2(program, profile);
	vt_settle_signals();
	return kit;
}

static void vt_destroy(LibreOfficeKit *kit) { kit->pClass->destroy(kit); }

static char *vt_error(LibreOfficeKit *kit) { return kit->pClass->getError(kit); }
static void vt_free(LibreOfficeKit *kit, char *s) { kit->pClass->freeError(s); }

// 0: done, 1: the document did not load, 2: the PDF was not written.
static int vt_convert(LibreOfficeKit *kit, const char *in, const char *out, const char *options) {
	LibreOfficeKitDocument *doc = kit->pClass->documentLoadWithOptions(kit, in, "Batch=true");
	if (doc == NULL)
		return 1;
	int ok = doc->pClass->saveAs(doc, out, "pdf", options);
	doc->pClass->destroy(doc);
	return ok ? 0 : 2;
}
*/
import "C"

import (
	"errors"
	"fmt"
	"net/url"
	"unsafe"
)

// office is LibreOffice loaded into this process. All calls come from one
// thread.
type office struct{ kit *C.LibreOfficeKit }

// loadOffice loads LibreOffice from its program folder with a profile folder.
func loadOffice(program, profile string) (*office, error) {
	p, u := C.CString(program), C.CString(fileURL(profile))
	defer C.free(unsafe.Pointer(p))
	defer C.free(unsafe.Pointer(u))
	kit := C.vt_init(p, u)
	if kit == nil {
		return nil, fmt.Errorf("LibreOffice at %s does not start", program)
	}
	return &office{kit}, nil
}

// close writes the profile and unloads what can be unloaded.
func (o *office) close() { C.vt_destroy(o.kit) }

// convert loads the document in and writes it to out as a PDF, both absolute
// paths. Options are the JSON filter options of LibreOffice's PDF export.
func (o *office) convert(in, out, options string) error {
	i, u, f := C.CString(fileURL(in)), C.CString(fileURL(out)), C.CString(options)
	defer C.free(unsafe.Pointer(i))
	defer C.free(unsafe.Pointer(u))
	defer C.free(unsafe.Pointer(f))
	status := C.vt_convert(o.kit, i, u, f)
	if status == 0 {
		return nil
	}
	step := map[C.int]string{1: "load", 2: "export"}[status]
	msg := C.vt_error(o.kit)
	if msg == nil {
		return errors.New(step)
	}
	defer C.vt_free(o.kit, msg)
	return fmt.Errorf("%s: %s", step, C.GoString(msg))
}

func fileURL(path string) string { return (&url.URL{Scheme: "file", Path: path}).String() }

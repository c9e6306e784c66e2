package templates

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"vanthu/record"
)

// maxExplained bounds the work on a hostile input; settle cuts the answer.
const maxExplained = 2 * maxFaults

// explain turns one violation, with all that caused it, into faults with
// stable codes and Vietnamese messages.
func (c *checker) explain(v *jsonschema.ValidationError) []record.Fault {
	at := v.InstanceLocation
	one := func(code, message string) []record.Fault {
		return []record.Fault{{Pointer: pointer(at), Code: code, Message: message, Place: c.place(at)}}
	}
	each := func(names []string, code string, say func(label, name string) string) []record.Fault {
		var out []record.Fault
		slices.Sort(names)
		for _, name := range names[:min(len(names), maxExplained)] {
			here := append(slices.Clone(at), name)
			out = append(out, record.Fault{Pointer: pointer(here), Code: code, Message: say(c.label(here), name), Place: c.place(here)})
		}
		return out
	}
	missing := func(label, _ string) string { return "Thiếu " + label }
	l := c.label(at)
	switch k := v.ErrorKind.(type) {
	case *kind.Required:
		return each(k.Missing, "required", missing)
	case *kind.DependentRequired:
		return each(k.Missing, "required", missing)
	case *kind.Dependency:
		return each(k.Missing, "required", missing)
	case *kind.AdditionalProperties:
		return each(k.Properties, "additional-property", func(_, name string) string {
			return fmt.Sprintf("Không có trường nào tên %q ở đây%s", name, c.known(at))
		})
	case *kind.PropertyNames:
		return each([]string{k.Property}, "additional-property", func(_, name string) string { return fmt.Sprintf("Tên trường %q không được nhận", name) })
	case *kind.Type:
		return one("type", fmt.Sprintf("%s phải là %s, không phải %s", l, typeNames(k.Want), typeNames([]string{k.Got})))
	case *kind.Enum:
		return one("enum", fmt.Sprintf("%s phải là một trong: %s", l, values(k.Want)))
	case *kind.Const:
		return one("enum", fmt.Sprintf("%s phải là %s", l, values([]any{k.Want})))
	case *kind.Pattern:
		return one(c.pattern(at, k.Want, l))
	case *kind.Format:
		if k.Want == "date" {
			return one("format-date", l+" phải là một ngày có thật, viết dạng YYYY-MM-DD")
		}
		return one("format-"+k.Want, fmt.Sprintf("%s không đúng dạng %q", l, k.Want))
	case *kind.MinLength:
		if k.Got == 0 {
			return one("min-length", l+" không được để trống")
		}
		return one("min-length", fmt.Sprintf("%s có %d ký tự, ít nhất phải %d", l, k.Got, k.Want))
	case *kind.MaxLength:
		return one("max-length", fmt.Sprintf("%s có %d ký tự, nhiều nhất chỉ được %d", l, k.Got, k.Want))
	case *kind.MinItems:
		return one("min-items", fmt.Sprintf("%s phải có ít nhất %d mục", l, k.Want))
	case *kind.MaxItems:
		return one("max-items", fmt.Sprintf("%s có %d mục, nhiều nhất chỉ được %d", l, k.Got, k.Want))
	case *kind.UniqueItems:
		return one("unique-items", fmt.Sprintf("%s có hai mục giống nhau: thứ %d và thứ %d", l, k.Duplicates[0]+1, k.Duplicates[1]+1))
	case *kind.MinProperties:
		return one("min-properties", fmt.Sprintf("%s phải có ít nhất %d trường%s", l, k.Want, c.known(at)))
	case *kind.MaxProperties:
		return one("max-properties", fmt.Sprintf("%s chỉ được có %d trường%s", l, k.Want, c.known(at)))
	case *kind.Minimum:
		return one("minimum", fmt.Sprintf("%s nhỏ nhất là %s", l, number(k.Want)))
	case *kind.Maximum:
		return one("maximum", fmt.Sprintf("%s lớn nhất là %s", l, number(k.Want)))
	case *kind.ExclusiveMinimum:
		return one("minimum", fmt.Sprintf("%s phải lớn hơn %s", l, number(k.Want)))
	case *kind.ExclusiveMaximum:
		return one("maximum", fmt.Sprintf("%s phải nhỏ hơn %s", l, number(k.Want)))
	case *kind.MultipleOf:
		return one("multiple-of", fmt.Sprintf("%s phải là bội số của %s", l, number(k.Want)))
	case *kind.Not, *kind.FalseSchema:
		return one("not-allowed", l+" không được nhận ở đây")
	case *kind.OneOf:
		if len(k.Subschemas) > 0 {
			return one("one-of", fmt.Sprintf("%s chỉ được theo một dạng%s", l, c.known(at)))
		}
		return c.choice(v, "one-of")
	case *kind.AnyOf:
		return c.choice(v, "any-of")
	}
	if len(v.Causes) == 0 {
		return one("schema", l+" không đúng lược đồ của mẫu")
	}
	var out []record.Fault
	for _, cause := range v.Causes {
		if len(out) >= maxExplained {
			break
		}
		out = append(out, c.explain(cause)...)
	}
	return out
}

// choice explains a value that fits no alternative without the noise of all of
// them: where one alternative fits on the value's own level and fails only
// further down, its faults are the ones meant; otherwise one fault names the
// choice.
func (c *checker) choice(v *jsonschema.ValidationError, code string) []record.Fault {
	here := pointer(v.InstanceLocation)
	var wanted []string // members that alternatives ask for
	var types []string
	for _, branch := range v.Causes {
		faults := c.explain(branch)
		own := slices.ContainsFunc(faults, func(f record.Fault) bool {
			return f.Pointer == here || f.Code == "required" || f.Code == "additional-property" && parent(f.Pointer) == here
		})
		if !own {
			return faults
		}
		for _, f := range faults {
			switch {
			case f.Code == "required" && parent(f.Pointer) == here:
				wanted = append(wanted, f.Message[len("Thiếu "):])
			case f.Code == "type" && f.Pointer == here:
				types = append(types, f.Message)
			}
		}
	}
	f := record.Fault{Pointer: here, Code: code, Place: c.place(v.InstanceLocation)}
	l := c.label(v.InstanceLocation)
	slices.Sort(wanted)
	wanted = slices.Compact(wanted)
	switch {
	case len(types) > 0 && len(types) == len(v.Causes):
		f.Code, f.Message = "type", types[0]
	case len(wanted) > 0 && code == "one-of":
		f.Message = fmt.Sprintf("%s phải có đúng một trong: %s", l, strings.Join(wanted, ", "))
	case len(wanted) > 0:
		f.Message = fmt.Sprintf("%s phải có ít nhất một trong: %s", l, strings.Join(wanted, ", "))
	default:
		f.Message = l + " không theo dạng nào được nhận" + c.known(v.InstanceLocation)
	}
	return []record.Fault{f}
}

func parent(pointer string) string { return pointer[:max(strings.LastIndexByte(pointer, '/'), 0)] }

// known lists the members that an object may have, for who misspelt one.
func (c *checker) known(at []string) string {
	names := map[string]bool{}
	var gather func(s *jsonschema.Schema, hops int)
	gather = func(s *jsonschema.Schema, hops int) {
		if s == nil || hops > 8 {
			return
		}
		for name := range s.Properties {
			names[name] = true
		}
		for _, inner := range alternatives(s) {
			gather(inner, hops+1)
		}
	}
	gather(c.node(at), 0)
	if len(names) == 0 {
		return ""
	}
	list := make([]string, 0, len(names))
	for name := range names {
		list = append(list, name)
	}
	slices.Sort(list)
	return " (các trường: " + strings.Join(list, ", ") + ")"
}

// datePattern is how the envelope's schema writes a date.
const datePattern = `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`

func (c *checker) pattern(at []string, want, label string) (code, message string) {
	switch want {
	case `\S`:
		return "pattern", label + " không được để trống"
	case datePattern:
		return "format-date", label + " phải là một ngày có thật, viết dạng YYYY-MM-DD"
	}
	message = label + " không đúng dạng"
	if d := descriptionOf(c.node(at)); d != "" {
		message += ". " + d
	}
	return "pattern", message
}

func typeNames(types []string) string {
	var out []string
	for _, t := range types {
		switch t {
		case "string":
			t = "chữ"
		case "integer":
			t = "số nguyên"
		case "number":
			t = "số"
		case "boolean":
			t = "đúng/sai (true, false)"
		case "array":
			t = "danh sách [...]"
		case "object":
			t = "nhóm trường {...}"
		case "null":
			t = "trống (null)"
		}
		out = append(out, t)
	}
	return strings.Join(out, " hoặc ")
}

func values(all []any) string {
	var out []string
	for _, v := range all {
		out = append(out, fmt.Sprint(v))
	}
	return strings.Join(out, ", ")
}

// number is written the Vietnamese way, with a decimal comma.
func number(r *big.Rat) string {
	return strings.Replace(strings.TrimRight(strings.TrimRight(r.FloatString(3), "0"), "."), ".", ",", 1)
}

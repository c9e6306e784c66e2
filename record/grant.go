package record

import (
	"fmt"
	"maps"
	"slices"
)

// Grant is what an account may do in one organisation. The newest one holds;
// one without roles takes everything back.
type Grant struct {
	Account      string `json:"account"` // opaque id: names are kept where they can be erased
	Organization string `json:"organization"`
	Roles        []Role `json:"roles,omitempty"`
	// Persons are who the account is among the organisation's appointments: only
	// with their keys may it sign.
	Persons []string `json:"persons,omitempty"`
	// Certificates are those that the account is bound to, SHA-256 of their DER;
	// with none, a certificate must name the person who signs with it.
	Certificates []Digest `json:"certificates,omitempty"`
}

// Has says whether the grant gives any of the roles.
func (g Grant) Has(roles ...Role) bool {
	return slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(g.Roles, r) })
}

// Roles are all there are, in the order in which a document meets them.
var Roles = []Role{Secretary, Official, Clerk, Archivist, Administrator}

func checkGrant(s *State, g *Grant) error {
	if g == nil || g.Account == "" || g.Organization == "" {
		return refuse("entry-incomplete", "Lệnh %s thiếu dữ liệu", CmdGrant)
	}
	var faults []Fault
	if _, ok := s.Organizations[g.Organization]; !ok {
		faults = append(faults, Fault{Pointer: "/organization", Code: "organization-unknown", Message: fmt.Sprintf("Không có cơ quan %q", g.Organization)})
	}
	for i, r := range g.Roles {
		if !slices.Contains(Roles, r) || slices.Contains(g.Roles[:i], r) {
			faults = append(faults, Fault{Pointer: fmt.Sprintf("/roles/%d", i), Code: "enum", Message: fmt.Sprintf("Vai trò %q không có hoặc nêu hai lần; chọn trong: %v", r, Roles)})
		}
	}
	if len(g.Persons) > 0 && !g.Has(Official) {
		faults = append(faults, Fault{Pointer: "/persons", Code: "signatory-role", Message: "Chỉ tài khoản có vai trò signatory mới gắn với người ký"})
	}
	if len(g.Certificates) > 0 && !g.Has(Official) {
		faults = append(faults, Fault{Pointer: "/certificates", Code: "signatory-role", Message: "Chỉ tài khoản có vai trò signatory mới gắn với chứng thư"})
	}
	for i, c := range g.Certificates {
		if !c.Valid() {
			faults = append(faults, Fault{Pointer: fmt.Sprintf("/certificates/%d", i), Code: "digest", Message: "Chứng thư nêu bằng SHA-256 của nó: 64 chữ số thập lục phân"})
		}
	}
	return Faulty("grant-invalid", "Phân quyền chưa đúng", faults)
}

func applyGrant(s *State, g Grant) {
	own := s.Grants[g.Account]
	if own == nil {
		own = map[string]Grant{}
		s.Grants[g.Account] = own
	}
	own[g.Organization] = g
	if len(g.Roles) == 0 {
		delete(own, g.Organization)
	}
}

// GrantsOf are the account's grants, by organisation, for the caller to keep.
func (s *State) GrantsOf(account string) map[string]Grant {
	if own := s.Grants[account]; own != nil {
		return maps.Clone(own)
	}
	return map[string]Grant{}
}

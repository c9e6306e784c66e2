package server

import "vanthu/record"

// Findings are what the layout rules say about a document.
type Findings struct {
	Items []record.Finding `json:"items"`
}

func showFindings(s *Server, c *call) error {
	all, err := s.cfg.Desk.Findings(c.ctx, c.doc)
	if err != nil {
		return err
	}
	if all == nil {
		all = []record.Finding{}
	}
	return c.json(Findings{all})
}

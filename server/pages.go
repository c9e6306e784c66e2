package server

func pageRoutes() []*route { return nil }

func (s *Server) failPage(c *call, p *problem) {
	writeJSON(c.Context, p.Status, "application/problem+json", p)
}

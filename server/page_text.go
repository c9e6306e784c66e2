package server

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// language is one that the pages speak. Texts of the office itself (subjects,
// templates, problems, findings) are Vietnamese in both.
type language string

const (
	languageVI language = "vi"
	languageEN language = "en"
)

var languages = []language{languageVI, languageEN}

// languageCookie remembers which language a browser's person chose.
const languageCookie = "vanthu-language"

// languageOf is Vietnamese unless the person asked for another.
func languageOf(r *http.Request) language {
	if c, err := r.Cookie(languageCookie); err == nil && language(c.Value) == languageEN {
		return languageEN
	}
	return languageVI
}

// texts are what the pages say, by key: Vietnamese, English. One line of
// pages/texts.json is one text, so that nobody changes one language alone.
type texts map[string][2]string

func readTexts() (texts, error) {
	raw, err := pageFiles.ReadFile("pages/texts.json")
	if err != nil {
		return nil, err
	}
	var t texts
	if err := json.Unmarshal(raw, &t); err != nil {
		return nil, fmt.Errorf("texts.json: %w", err)
	}
	return t, nil
}

// say is a text with its values filled in. A key that is missing is a defect,
// which the tests find.
func (t texts) say(l language, key string, values ...any) (string, error) {
	both, ok := t[key]
	if !ok {
		return "", fmt.Errorf("no text %q", key)
	}
	s := both[0]
	if l == languageEN {
		s = both[1]
	}
	if len(values) == 0 {
		return s, nil
	}
	return fmt.Sprintf(s, values...), nil
}

// say is a text in the language of who asks.
func (s *Server) say(c *call, key string, values ...any) string {
	text, err := s.pages.texts.say(languageOf(c.Request), key, values...)
	if err != nil {
		panic(err) // a defect of ours, answered as one
	}
	return text
}

package edit

import "strings"

// byteAt is a byte of the text, 0 after its end.
func (s *source) byteAt(at int) byte {
	if at >= len(s.text) {
		return 0
	}
	return s.text[at]
}

// skip is after white space, line ends and comments.
func (s *source) skip(at int) int {
	for at < len(s.text) {
		switch c := s.text[at]; {
		case c == ' ' || c == '\t' || c == '\n':
			at++
		case c == '#' && !s.json && (at == 0 || strings.IndexByte(" \t\n", s.text[at-1]) >= 0):
			at = s.lineEnd(at)
		default:
			return at
		}
	}
	return at
}

// properties finds the value after the anchor and the tag that may stand before
// it, and where they end.
func (s *source) properties(at int) (value, end int) {
	end = at
	for !s.json && (s.byteAt(at) == '&' || s.byteAt(at) == '!') {
		s.aliased = true
		end = at
		for end < len(s.text) && strings.IndexByte(" \t\n,]}", s.text[end]) < 0 {
			end++
		}
		at = s.skip(end)
	}
	return at, end
}

// word is after an alias.
func (s *source) word(at int, inFlow bool) int {
	for at < len(s.text) && strings.IndexByte(" \t\n", s.text[at]) < 0 && !(inFlow && strings.IndexByte(",]}", s.text[at]) >= 0) {
		at++
	}
	return at
}

// quoted is after the text in quotes that begins at a byte.
func (s *source) quoted(at int) int {
	quote := s.text[at]
	for at++; at < len(s.text); at++ {
		switch {
		case s.text[at] == '\\' && quote == '"':
			at++
		case s.text[at] == quote && quote == '\'' && s.byteAt(at+1) == quote:
			at++
		case s.text[at] == quote:
			return at + 1
		}
	}
	return min(at, len(s.text))
}

// keyEnd is after the key of a block.
func (s *source) keyEnd(at int) int {
	begin := at
	at, _ = s.properties(at)
	if c := s.byteAt(at); c == '"' || c == '\'' {
		return s.quoted(at)
	}
	line := s.lineEnd(at)
	for ; at < line; at++ {
		if s.text[at] == ':' && strings.IndexByte(" \t\n", s.byteAt(at+1)) >= 0 {
			return at
		}
	}
	refuse(begin, "here is a key written in an uncommon way")
	return 0
}

// flowKeyEnd is after a key in braces.
func (s *source) flowKeyEnd(at int) int {
	at, _ = s.properties(at)
	if c := s.byteAt(at); c == '"' || c == '\'' {
		return s.quoted(at)
	}
	for at < len(s.text) && strings.IndexByte(",[]{}\n", s.text[at]) < 0 {
		if s.text[at] == ':' && strings.IndexByte(" \t\n,[]{}", s.byteAt(at+1)) >= 0 {
			break
		}
		at++
	}
	return at
}

// scalar is after a scalar in quotes or without.
func (s *source) scalar(at, parent int, inFlow bool) int {
	if c := s.byteAt(at); c == '"' || c == '\'' {
		return s.quoted(at)
	}
	if inFlow {
		return s.plainInFlow(at)
	}
	end := s.plainEnd(at)
	// It goes on in the lines that are indented deeper.
	for next := s.lineEnd(end); next < len(s.text) && !isComment(s.text[end:s.lineEnd(end)]); {
		line := s.text[next:s.lineEnd(next)]
		if isBlank(line) {
			next = s.lineEnd(next)
			continue
		}
		if isComment(line) || indentation(line) <= parent {
			break
		}
		end = s.plainEnd(next)
		next = s.lineEnd(end)
	}
	return end
}

// plainEnd is where the text without quotes that begins at a byte ends in its
// line.
func (s *source) plainEnd(at int) int {
	line := strings.TrimSuffix(s.text[at:s.lineEnd(at)], "\n")
	if i := strings.Index(line, " #"); i >= 0 {
		line = line[:i]
	}
	if i := strings.Index(line, "\t#"); i >= 0 {
		line = line[:i]
	}
	return at + len(strings.TrimRight(line, " \t"))
}

func (s *source) plainInFlow(at int) int {
	end := at
	for ; at < len(s.text) && strings.IndexByte(",[]{}", s.text[at]) < 0; at++ {
		c := s.text[at]
		if c == '#' && at > 0 && strings.IndexByte(" \t\n", s.text[at-1]) >= 0 {
			break
		}
		if c == ':' && strings.IndexByte(" \t\n", s.byteAt(at+1)) >= 0 {
			break
		}
		if strings.IndexByte(" \t\n", c) < 0 {
			end = at + 1
		}
	}
	return end
}

// literal is where a text in a block that begins at a byte, with | or >, ends:
// before its last line end.
func (s *source) literal(at, parent int) int {
	header := s.text[at:s.lineEnd(at)]
	keep := strings.ContainsRune(strings.SplitN(header, "#", 2)[0], '+')
	end := s.lineEnd(at)
	for next := end; next < len(s.text); {
		line := s.text[next:s.lineEnd(next)]
		next = s.lineEnd(next)
		if isBlank(line) {
			if keep {
				end = next
			}
			continue
		}
		if indentation(line) <= parent {
			break
		}
		end = next
	}
	return end - 1
}

// bracesEnd is after the braces or brackets that open at a byte.
func (s *source) bracesEnd(at int) int {
	depth := 0
	for at < len(s.text) {
		switch s.text[at] {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return at + 1
			}
		case '"', '\'':
			if before := s.text[at-1]; strings.IndexByte(" \t\n,[{:", before) >= 0 {
				at = s.quoted(at)
				continue
			}
		case '#':
			at = max(s.skip(at), at+1)
			continue
		}
		at++
	}
	return at
}

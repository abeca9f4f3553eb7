package edit

import "strings"

// byteAt returns a byte of the text, or 0 after its end.
func (s *source) byteAt(at int) byte {
	if at >= len(s.text) {
		return 0
	}
	return s.text[at]
}

// skip returns the offset after white space, line ends and comments.
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

// properties returns where the value begins after an anchor and a tag, and where these
// end.
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

// word returns the offset after an alias.
func (s *source) word(at int, inFlow bool) int {
	for at < len(s.text) && strings.IndexByte(" \t\n", s.text[at]) < 0 && !(inFlow && strings.IndexByte(",]}", s.text[at]) >= 0) {
		at++
	}
	return at
}

// quoted returns the offset after the quoted text at an offset.
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

// keyEnd returns the offset after the key of a block.
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
	refuse(begin, "it has a key in an unsupported form")
	return 0
}

// flowKeyEnd returns the offset after a key in braces.
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

// scalar returns the offset after a scalar, with or without quotes.
func (s *source) scalar(at, parent int, inFlow bool) int {
	if c := s.byteAt(at); c == '"' || c == '\'' {
		return s.quoted(at)
	}
	if inFlow {
		return s.plainInFlow(at)
	}
	end := s.plainEnd(at)
	// It continues in the lines that are indented deeper.
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

// plainEnd returns where the unquoted text at an offset ends in its line.
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

// literal returns where the block text at an offset, with | or >, ends: before its last
// line end.
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

// bracesEnd returns the offset after the braces or brackets that open at an offset.
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

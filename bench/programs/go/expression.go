package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
)

const modulus = 1000003

type parser struct {
	text string
	at   int
}

func (p *parser) sees(characters string) bool {
	return p.at < len(p.text) && strings.ContainsRune(characters, rune(p.text[p.at]))
}

func (p *parser) expression() int {
	value := p.term()
	for p.sees("+-") {
		sign := p.text[p.at]
		p.at++
		other := p.term()
		if sign == '-' {
			other = modulus - other
		}
		value = (value + other) % modulus
	}
	return value
}

func (p *parser) term() int {
	value := p.factor()
	for p.sees("*") {
		p.at++
		value = value * p.factor() % modulus
	}
	return value
}

func (p *parser) factor() int {
	if !p.sees("(") {
		p.at++
		value, err := strconv.Atoi(p.text[p.at-1 : p.at])
		if err != nil {
			panic(err)
		}
		return value
	}
	p.at++
	value := p.expression()
	p.at++
	return value
}

func main() {
	in := bufio.NewReader(os.Stdin)
	var n, v int
	var text strings.Builder
	fmt.Fscan(in, &n)
	for i := 0; i < n; i++ {
		fmt.Fscan(in, &v)
		if i > 0 {
			text.WriteByte("+-*"[(v+271828)%3])
		}
		if i%5 == 0 {
			text.WriteByte('(')
		}
		text.WriteString(strconv.Itoa(v % 10))
		if i%5 == 4 || i == n-1 {
			text.WriteByte(')')
		}
	}
	p := &parser{text: text.String()}
	fmt.Println("ennead-text", len(p.text), p.expression())
}

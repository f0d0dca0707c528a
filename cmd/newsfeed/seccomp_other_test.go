//go:build !(linux && amd64)

package main

func filtered() { panic("there is no filter on this system") }

package main

func (s *session) report() error { return nil }

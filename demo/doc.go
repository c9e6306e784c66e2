// Package demo is the example office behind --demo: organisations of the
// example plans as dated data, a certificate authority of its own, and a key,
// a drawn signature and a drawn seal for each of their people, made when first
// asked for.
//
// Its certificates say DEMO - KHONG CO GIA TRI PHAP LY and name no revocation
// service. Nothing of it is used without --demo.
package demo

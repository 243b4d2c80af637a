// Package storagetest holds what every Redis that keeps a province must pass
// ([Exercise]), and the servers to try it on: a real redis-server and miniredis.
package storagetest

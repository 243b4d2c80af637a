package storage_test

import (
	"testing"

	"github.com/redis/go-redis/v9"

	"regia/storage/storagetest"
)

func TestMemory(t *testing.T) {
	storagetest.Exercise(t, func(t *testing.T) redis.UniversalClient { return storagetest.Memory(t) })
}

func TestRedis(t *testing.T) {
	storagetest.Exercise(t, func(t *testing.T) redis.UniversalClient { return storagetest.Redis(t) })
}

// Many provinces share a cluster, each in a slot of its own.
func TestCluster(t *testing.T) { storagetest.Exercise(t, storagetest.Cluster(t)) }

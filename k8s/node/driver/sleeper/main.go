// Does nothing for ever: what the images of the registry hold. It needs no shell and no library in its image.
package main

import (
	"fmt"
	"time"
)

func main() {
	fmt.Println("well")
	for {
		time.Sleep(time.Hour)
	}
}

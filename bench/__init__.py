"""What Genklang costs, each figure a ratio to the least that the same work could cost on the same machine, same run."""

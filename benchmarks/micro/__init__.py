"""What single steps of the data plane cost, without servers: CPU time of this process, best of several rounds."""

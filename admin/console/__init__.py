"""Making the console's files from admin/ui, and knowing how far that is. Standard library only.

It is imported by the build hook of wheels, where nothing of the project is installed. What serves the files is
deployments/console.py.

    places   where sources, built files and the record of a build are
    digest   whether what was built is built from the sources as they are
    state    how far a build is, for whoever asks meanwhile
    node     a Node.js that is new enough, from the machine or from PyPI
    npm      the packages of the lock file
    publish  from a finished build to the served folder, without a moment in between
    build    all of it in order, once at a time
    start    whether the gateway's start begins a build
"""

"""What the plain install is made of: locked releases, their licences, known faults; and doubtful places in our code."""

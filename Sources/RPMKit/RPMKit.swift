import CRPM

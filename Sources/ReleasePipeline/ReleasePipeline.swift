import RPMKit

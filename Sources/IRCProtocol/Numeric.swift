/// The three digits that a reply starts with (RFC 2812, section 5; modern.ircdocs.horse, "Numerics"; IRCv3 Monitor; for
/// 378, 379, 396, 447, 486, 493 and 518: ngircd).
public enum Numeric: UInt16, Sendable, CaseIterable {
    case welcome = 1
    case yourHost = 2
    case created = 3
    case myInfo = 4
    case isSupport = 5
    case traceLink = 200
    case traceOperator = 204
    case statsLinkInfo = 211
    case statsCommands = 212
    case statsKLine = 216
    case endOfStats = 219
    case userModeIs = 221
    case serviceList = 234
    case serviceListEnd = 235
    case statsUptime = 242
    case statsConnections = 250
    case lusersClients = 251
    case lusersOperators = 252
    case lusersUnknown = 253
    case lusersChannels = 254
    case lusersMe = 255
    case adminMe = 256
    case adminLocation1 = 257
    case adminLocation2 = 258
    case adminEmail = 259
    case traceEnd = 262
    case tryAgain = 263
    case localUsers = 265
    case globalUsers = 266
    case away = 301
    case userHost = 302
    case isOn = 303
    case unaway = 305
    case nowAway = 306
    case whoisUser = 311
    case whoisServer = 312
    case whoisOperator = 313
    case whowasUser = 314
    case endOfWho = 315
    case whoisIdle = 317
    case endOfWhois = 318
    case whoisChannels = 319
    case listStart = 321
    case list = 322
    case listEnd = 323
    case channelModeIs = 324
    case creationTime = 329
    case noTopic = 331
    case topic = 332
    case topicWhoTime = 333
    case whoisBot = 335
    case inviting = 341
    case inviteList = 346
    case endOfInviteList = 347
    case exceptionList = 348
    case endOfExceptionList = 349
    case version = 351
    case whoReply = 352
    case namesReply = 353
    case whoxReply = 354
    case links = 364
    case endOfLinks = 365
    case endOfNames = 366
    case banList = 367
    case endOfBanList = 368
    case endOfWhowas = 369
    case info = 371
    case motd = 372
    case endOfInfo = 374
    case motdStart = 375
    case endOfMotd = 376
    case whoisHost = 378
    case whoisModes = 379
    case youAreOperator = 381
    case rehashing = 382
    case time = 391
    case hostHidden = 396
    case unknownError = 400
    case noSuchNick = 401
    case noSuchServer = 402
    case noSuchChannel = 403
    case cannotSendToChannel = 404
    case tooManyChannels = 405
    case wasNoSuchNick = 406
    case tooManyTargets = 407
    case noOrigin = 409
    case invalidCapCommand = 410
    case noRecipient = 411
    case noTextToSend = 412
    case wildTopLevel = 414
    case inputTooLong = 417
    case unknownCommand = 421
    case noMotd = 422
    case noAdminInfo = 423
    case noNickGiven = 431
    case erroneousNick = 432
    case nickInUse = 433
    case userNotInChannel = 441
    case notOnChannel = 442
    case userOnChannel = 443
    case summonDisabled = 445
    case usersDisabled = 446
    case nickLocked = 447
    case notRegistered = 451
    case needMoreParameters = 461
    case alreadyRegistered = 462
    case passwordMismatch = 464
    case youAreBanned = 465
    case channelIsFull = 471
    case unknownMode = 472
    case inviteOnlyChannel = 473
    case bannedFromChannel = 474
    case badChannelKey = 475
    case badChannelMask = 476
    case noChannelModes = 477
    case listFull = 478
    case noPrivileges = 481
    case channelOperatorNeeded = 482
    case restricted = 484
    case nonRegistered = 486
    case noOperatorHost = 491
    case noSharedChannel = 493
    case unknownUserMode = 501
    case usersDoNotMatch = 502
    case noInvite = 518
    case helpNotFound = 524
    case invalidModeParameter = 696
    case helpStart = 704
    case helpText = 705
    case endOfHelp = 706
    case monitorOnline = 730
    case monitorOffline = 731
    case monitorList = 732
    case endOfMonitorList = 733
    case monitorListFull = 734

    /// Whether it says that something was wrong with a command (RFC 2812, section 5.2). That a server has no message of the
    /// day is nobody's fault.
    @inlinable
    public var isError: Bool { rawValue >= 400 && rawValue < 700 && self != .noMotd }

    /// The digits.
    public var digits: (UInt8, UInt8, UInt8) {
        let zero = UInt8(ascii: "0")
        return (
            zero + UInt8(rawValue / 100), zero + UInt8(rawValue / 10 % 10), zero + UInt8(rawValue % 10)
        )
    }

    /// The numeric that a command is, if it is one that is known.
    public init?(_ command: some Collection<UInt8>) {
        guard command.count == 3, let value = command.decimalValue else { return nil }
        self.init(rawValue: UInt16(value))
    }
}

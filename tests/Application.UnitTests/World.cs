using BmadServer.Application.Audit;
using BmadServer.Application.Auth;
using BmadServer.Application.Common;
using BmadServer.Application.Messages;
using BmadServer.Application.Sessions;
using BmadServer.Application.Workflows;
using BmadServer.Domain.Audit;
using BmadServer.Domain.Common;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace BmadServer.Application.UnitTests;

/// <summary>
/// The application with a mock behind each port. A request goes through the pipeline that the product registers:
/// what a test sees is what a hub method or an endpoint sees.
/// </summary>
internal sealed class World
{
    /// <summary>Kept from one request to the next, as the host keeps it.</summary>
    private readonly UnstoredDrops _unstoredDrops = new();
    private readonly RecentRepeats _recentRepeats;
    private readonly List<Membership> _memberships = [];
    private readonly List<Message> _messages = [];
    private readonly Dictionary<(UserId, string), SentMessage> _sent = [];

    public World()
    {
        Node = new NodeIdentity(Time);
        _recentRepeats = new RecentRepeats(Time);
        Caller.SetupGet(caller => caller.UserId).Returns(Me.Id);
        Caller.SetupGet(caller => caller.Name).Returns(Me.DisplayName);
        Caller.SetupGet(caller => caller.FamilyId).Returns(() => MyFamily);
        Caller.SetupGet(caller => caller.SessionId).Returns(() => MySession);
        Caller.SetupGet(caller => caller.ReceivedAt).Returns(() => ReceivedAt);
        Has(Me);
        Has(Olga);
        AuditLog.Setup(port => port.Add(It.IsAny<AuditEntry>())).Callback<AuditEntry>(Audited.Add);
        Messages.Setup(port => port.Add(It.IsAny<Message>())).Callback<Message>(Post);
        Messages
            .Setup(port =>
                port.ListAsync(It.IsAny<WorkflowId>(), It.IsAny<long?>(), It.IsAny<int>(), It.IsAny<CancellationToken>())
            )
            .ReturnsAsync((WorkflowId id, long? before, int limit, CancellationToken _) =>
                [
                    .. _messages
                        .Where(message => message.WorkflowId == id && (before is null || message.Sequence < before))
                        .OrderByDescending(message => message.Sequence)
                        .Take(limit),
                ]
            );
        Messages
            .Setup(port => port.ListSentAsync(It.IsAny<IReadOnlyCollection<(UserId, string)>>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync((IReadOnlyCollection<(UserId, string)> keys, CancellationToken _) =>
                [.. keys.Where(_sent.ContainsKey).Select(key => _sent[key])]
            );
        Messages
            .Setup(port => port.FindAllAsync(It.IsAny<IReadOnlyCollection<MessageId>>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync((IReadOnlyCollection<MessageId> ids, CancellationToken _) =>
                [.. _messages.Where(message => ids.Contains(message.Id))]
            );
        Workflows
            .Setup(port =>
                port.FindForPostingAsync(It.IsAny<IReadOnlyCollection<(WorkflowId, UserId)>>(), It.IsAny<CancellationToken>())
            )
            .ReturnsAsync((IReadOnlyCollection<(WorkflowId, UserId)> wanted, CancellationToken _) => ReadAnew(wanted));
        Workflows
            .Setup(port =>
                port.FindForUpdateAsync(It.IsAny<IReadOnlyCollection<(WorkflowId, UserId)>>(), It.IsAny<CancellationToken>())
            )
            .ReturnsAsync((IReadOnlyCollection<(WorkflowId, UserId)> wanted, CancellationToken _) => ReadAnew(wanted));
        var (committed, audited) = (0, 0);
        UnitOfWork.Began += () => (committed, audited) = (Posted.Count, Audited.Count);
        UnitOfWork.RolledBack += () =>
        {
            Posted.RemoveRange(committed, Posted.Count - committed);
            Audited.RemoveRange(audited, Audited.Count - audited);
        };
        Sessions
            .Setup(port => port.ListIdleAsync(It.IsAny<DateTimeOffset>(), It.IsAny<int>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync([]);
        Sessions.Setup(port => port.ListOpenAsync(It.IsAny<TokenFamilyId>(), It.IsAny<CancellationToken>())).ReturnsAsync([]);
        Sessions.Setup(port => port.FindOpenAsync(It.IsAny<UserId>(), It.IsAny<CancellationToken>())).ReturnsAsync([]);
        Tokens.Setup(port => port.Hash(It.IsAny<string>())).Returns((string text) => $"hash of {text}");
        Accounts.Setup(port => port.HashPassword(It.IsAny<string>())).Returns((string password) => $"hash of {password}");
        Connections.Setup(port => port.OnlineIn(It.IsAny<WorkflowId>())).Returns([]);
        Workflows
            .Setup(port => port.ListParticipantsAsync(It.IsAny<IReadOnlyCollection<WorkflowId>>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync((IReadOnlyCollection<WorkflowId> ids, CancellationToken _) =>
                _memberships.Select(each => each.Participant).Where(each => ids.Contains(each.WorkflowId)).ToLookup(each => each.WorkflowId)
            );
        Workflows
            .Setup(port =>
                port.LastSequencesAsync(It.IsAny<UserId>(), It.IsAny<IReadOnlyCollection<WorkflowId>>(), It.IsAny<CancellationToken>())
            )
            .ReturnsAsync((UserId user, IReadOnlyCollection<WorkflowId> ids, CancellationToken _) =>
                _memberships
                    .Where(each => each.Participant.UserId == user && ids.Contains(each.Workflow.Id))
                    .ToDictionary(each => each.Workflow.Id, each => each.Workflow.LastSequence)
            );
    }

    public FakeTimeProvider Time { get; } = new(Given.Now);

    public DateTimeOffset Now => Time.Now();

    public User Me { get; } = Given.User("Mia");

    /// <summary>Somebody else.</summary>
    public User Olga { get; } = Given.User("Olga");

    public TokenFamilyId? MyFamily { get; set; } = TokenFamilyId.New(Given.Now);

    public SessionId? MySession { get; set; }

    public DateTimeOffset ReceivedAt { get; set; } = Given.Now;

    public NodeIdentity Node { get; }


    public MessageOptions MessageOptions { get; init; } = new();

    public WorkflowOptions WorkflowOptions { get; init; } = new();

    public SessionOptions SessionOptions { get; init; } = new();

    public TestUnitOfWork UnitOfWork { get; } = new();

    public Mock<ICaller> Caller { get; } = new();

    public Mock<IUserAccounts> Accounts { get; } = new();

    public Mock<ITokenService> Tokens { get; } = new();

    public Mock<IAuditLog> AuditLog { get; } = new();

    /// <summary>What was written into the audit log by transactions that were committed.</summary>
    public List<AuditEntry> Audited { get; } = [];

    public AuditOptions AuditOptions { get; init; } = new();

    public Mock<ITokenFamilyRepository> Families { get; } = new();

    public Mock<IWorkflowRepository> Workflows { get; } = new();

    public Mock<IMessageRepository> Messages { get; } = new();

    public Mock<ISessionRepository> Sessions { get; } = new();

    public Mock<IServerNodeRepository> Nodes { get; } = new();

    public Mock<ILiveConnections> Connections { get; } = new();

    /// <summary>The messages handed over to be stored.</summary>
    public List<Message> Posted { get; } = [];

    public async Task<TResponse> SendAsync<TResponse>(IRequest<TResponse> request, CancellationToken cancellationToken = default)
    {
        await using var provider = Services()
            .BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true });
        await using var scope = provider.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IMediator>().Send(request, cancellationToken);
    }

    /// <summary>What the host registers around the application, and the application.</summary>
    public IServiceCollection Services() =>
        new ServiceCollection()
            .AddApplication()
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddSingleton<TimeProvider>(Time)
            .AddSingleton(Node)
            .AddSingleton(_unstoredDrops)
            .AddSingleton(_recentRepeats)
            .AddSingleton(MessageOptions)
            .AddSingleton(WorkflowOptions)
            .AddSingleton(SessionOptions)
            .AddSingleton<IUnitOfWork>(UnitOfWork)
            .AddScoped<IPostBatcher, LonelyPosts>()
            .AddSingleton(Caller.Object)
            .AddSingleton(Accounts.Object)
            .AddSingleton(Tokens.Object)
            .AddSingleton(Families.Object)
            .AddSingleton(AuditLog.Object)
            .AddSingleton(AuditOptions)
            .AddSingleton(Workflows.Object)
            .AddSingleton(Messages.Object)
            .AddSingleton(Sessions.Object)
            .AddSingleton(Nodes.Object)
            .AddSingleton(Connections.Object)
            .AddSingleton(Mock.Of<IBackplane>());

    public void Has(User user)
    {
        Accounts.Setup(port => port.FindAsync(user.Id, It.IsAny<CancellationToken>())).ReturnsAsync(user);
        Accounts.Setup(port => port.FindForUpdateAsync(user.Id, It.IsAny<CancellationToken>())).ReturnsAsync(user);
        Accounts.Setup(port => port.FindByEmailAsync(user.Email, It.IsAny<CancellationToken>())).ReturnsAsync(user);
    }

    /// <summary>A workflow that the caller is in with this role. Unless that is the owner's, Olga owns it.</summary>
    /// <returns>The caller's membership.</returns>
    public Membership HasWorkflow(
        ParticipantRole role = ParticipantRole.Owner,
        WorkflowStatus status = WorkflowStatus.Active,
        string title = "Launch"
    )
    {
        var maker = role == ParticipantRole.Owner ? Me : Olga;
        var (workflow, owner) = Workflow.Create(maker.Id, maker.DisplayName, title, Now);
        var mine = maker == Me ? owner : workflow.AddParticipant(owner, Me.Id, Me.DisplayName, role, Now);
        workflow.ChangeStatus(owner, status, Now);
        workflow.TakePendingEvents();
        Participant[] participants = maker == Me ? [owner] : [owner, mine];
        Array.ForEach(participants, participant => Has(new Membership(workflow, participant)));
        return new Membership(workflow, mine);
    }

    /// <summary>A workflow of Olga's that the caller is not in.</summary>
    public Workflow HasWorkflowOfOlgas()
    {
        var (workflow, owner) = Workflow.Create(Olga.Id, Olga.DisplayName, "Secret", Now);
        workflow.TakePendingEvents();
        Has(new Membership(workflow, owner));
        return workflow;
    }

    /// <summary>The caller's personal workflow.</summary>
    public Membership HasPersonalWorkflow()
    {
        var (workflow, owner) = Workflow.CreatePersonal(Me.Id, Me.DisplayName, Now);
        workflow.TakePendingEvents();
        Workflows.Setup(port => port.PersonalWorkflowOfAsync(Me.Id, It.IsAny<CancellationToken>())).ReturnsAsync(workflow.Id);
        var mine = new Membership(workflow, owner);
        Has(mine);
        return mine;
    }

    /// <summary>Somebody comes to a workflow that the caller owns.</summary>
    public Participant HasParticipant(Membership mine, User user, ParticipantRole role = ParticipantRole.Contributor)
    {
        var participant = mine.Workflow.AddParticipant(mine.Participant, user.Id, user.DisplayName, role, Now);
        mine.Workflow.TakePendingEvents();
        Has(new Membership(mine.Workflow, participant));
        return participant;
    }

    /// <summary>A message of this author's, stored and received now.</summary>
    public Message HasMessage(Membership author, string content = "Hello", string? clientMessageId = null, Message? reply = null)
    {
        var (workflow, participant) = author;
        var message = workflow.Post(participant, content, reply, clientMessageId, Now, Now);
        var posted = workflow.TakePendingEvents().OfType<MessagePosted>().Single(each => each.MessageId == message.Id);
        _messages.Add(message);
        Messages.Setup(port => port.FindAsync(workflow.Id, message.Id, It.IsAny<CancellationToken>())).ReturnsAsync(message);
        if (clientMessageId is not null)
        {
            _sent.Add((participant.UserId, clientMessageId), new SentMessage(message, posted));
        }

        return message;
    }

    /// <summary>Messages with the texts "Number 1", "Number 2" and so on, oldest first.</summary>
    public Message[] HasMessages(Membership author, int count) =>
        [.. Enumerable.Range(1, count).Select(number => HasMessage(author, $"Number {number}"))];

    public Session Has(Session session)
    {
        Sessions.Setup(port => port.FindAsync(session.Id, It.IsAny<CancellationToken>())).ReturnsAsync(session);
        Sessions.Setup(port => port.FindWithHolderAsync(session.Id, It.IsAny<CancellationToken>())).ReturnsAsync((session, null));
        return session;
    }

    /// <summary>The caller's request comes over the connection of a session.</summary>
    public Session IsConnected(SessionState? state = null)
    {
        var session = Has(Given.Session(Me, state, Node.Id, startedAt: Now));
        MySession = session.Id;
        return session;
    }

    /// <summary>A sign-in with one open session.</summary>
    public (TokenFamily Family, Session Session) HasSignIn(User? user = null)
    {
        var family = TokenFamily.Start((user ?? Me).Id, Now);
        var session = Has(Given.Session(user ?? Me));
        Families.Setup(port => port.FindAsync(family.Id, It.IsAny<CancellationToken>())).ReturnsAsync(family);
        Sessions.Setup(port => port.ListOpenAsync(family.Id, It.IsAny<CancellationToken>())).ReturnsAsync([session]);
        Sessions.Setup(port => port.FindOpenAsync(family.UserId, It.IsAny<CancellationToken>())).ReturnsAsync([session]);
        return (family, session);
    }

    /// <summary>A refresh token of that sign-in, issued now.</summary>
    public RefreshToken HasRefreshToken(
        TokenFamily family,
        string text = "shown",
        DateTimeOffset? consumedAt = null,
        string? exchangeKey = null
    )
    {
        var token = RefreshToken
            .Issue($"hash of {text}", family.Id, Now, TimeSpan.FromDays(7))
            .Stored(stored => stored.ConsumedAt, consumedAt)
            .Stored(stored => stored.ExchangeKeyHash, exchangeKey is null ? null : $"hash of {exchangeKey}");
        Tokens.Setup(port => port.Hash(text)).Returns(token.Hash);
        Families.Setup(port => port.FindTokenAsync(token.Hash, It.IsAny<CancellationToken>())).ReturnsAsync(token);
        Families
            .Setup(port => port.TryConsumeAsync(token.Hash, It.IsAny<string?>(), It.IsAny<DateTimeOffset>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync(consumedAt is null);
        return token;
    }

    /// <summary>The token service's next pair.</summary>
    public void IssuesTokens(string refreshToken = "next", string accessToken = "access")
    {
        Tokens.Setup(port => port.CreateRefreshToken()).Returns((refreshToken, $"hash of {refreshToken}"));
        Tokens
            .Setup(port => port.CreateAccessToken(It.IsAny<User>(), It.IsAny<TokenFamilyId>()))
            .Returns(new AccessToken(accessToken, TimeSpan.FromMinutes(15)));
    }

    /// <summary>As the database does, the commit refuses a key that its author has used.</summary>
    private void Post(Message message)
    {
        Posted.Add(message);
        if (message.ClientMessageId is { } key && _sent.ContainsKey((new UserId(message.AuthorId), key)))
        {
            UnitOfWork.FindsKeyTaken();
        }
    }

    /// <summary>What is done to them changes nothing that is stored.</summary>
    private Dictionary<(WorkflowId, UserId), Membership> ReadAnew(IReadOnlyCollection<(WorkflowId, UserId)> wanted)
    {
        var workflows = _memberships.Select(each => each.Workflow).Distinct().ToDictionary(workflow => workflow.Id, Given.Copy);
        return _memberships
            .Where(each => wanted.Contains((each.Workflow.Id, each.Participant.UserId)))
            .ToDictionary(
                each => (each.Workflow.Id, each.Participant.UserId),
                each => new Membership(workflows[each.Workflow.Id], each.Participant)
            );
    }

    private void Has(Membership membership)
    {
        var (workflow, participant) = membership;
        _memberships.Add(membership);
        Workflows
            .Setup(port => port.FindAsync(workflow.Id, participant.UserId, It.IsAny<CancellationToken>()))
            .ReturnsAsync(membership);
        Workflows
            .Setup(port => port.FindForUpdateAsync(workflow.Id, participant.UserId, It.IsAny<CancellationToken>()))
            .ReturnsAsync(membership);
        Workflows
            .Setup(port => port.FindParticipantAsync(workflow.Id, participant.UserId, It.IsAny<CancellationToken>()))
            .ReturnsAsync(participant);
        Workflows
            .Setup(port => port.CountOwnersAsync(workflow.Id, It.IsAny<CancellationToken>()))
            .ReturnsAsync(() => _memberships.Count(each => each.Workflow.Id == workflow.Id && each.Participant.IsOwner));
    }
}

/// <summary>A queue in which no post ever meets another.</summary>
file sealed class LonelyPosts(IMediator mediator) : IPostBatcher
{
    public async Task<Ack> PostAsync(Post post, CancellationToken cancellationToken)
    {
        var outcomes = await mediator.Send(new PostTogether([post]), cancellationToken);
        return outcomes.ShouldHaveSingleItem() is { Refusal: { } refusal } ? throw refusal : outcomes[0].Ack!;
    }
}

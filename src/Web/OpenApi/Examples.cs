using BmadServer.Application.Auth;
using BmadServer.Application.Messages;
using BmadServer.Application.Sessions;
using BmadServer.Application.Workflows;
using BmadServer.Domain.Workflows;
using BmadServer.Web.Auth;
using BmadServer.Web.Workflows;

namespace BmadServer.Web.OpenApi;

/// <summary>One story told through all endpoints: Sarah and Marco plan a mobile app.</summary>
internal static class Examples
{
    private static readonly Guid SarahId = Guid.Parse("019303a1-5c00-7a10-8f00-0000000000a1");
    private static readonly Guid MarcoId = Guid.Parse("019303a1-5c00-7a10-8f00-0000000000a2");
    private static readonly Guid WorkflowId = Guid.Parse("019303a2-1f40-7c20-9a00-0000000000b1");
    private static readonly Guid MessageId = Guid.Parse("019303a3-7d20-7d30-ab00-0000000000c1");
    private static readonly Guid SessionId = Guid.Parse("019303a1-9c40-7e40-bc00-0000000000d1");
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 9, 30, 0, TimeSpan.Zero);

    public static readonly RegisterRequest Register = new("sarah@example.com", "seven plums and a lantern", "Sarah");

    public static readonly RegisteredUser RegisteredUser = new(SarahId, "sarah@example.com", "Sarah", Start);

    public static readonly LoginRequest Login = new("sarah@example.com", "seven plums and a lantern");

    public static readonly ChangePasswordRequest ChangePassword = new("seven plums and a lantern", "a kettle sings at dawn");

    public static readonly UserView User = new(SarahId, "sarah@example.com", "Sarah");

    public static readonly TokenResponse Token = new("<access token>", "Bearer", 900, User);

    public static readonly SessionView Session = new(
        SessionId,
        "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
        Connected: true,
        Start,
        Start.AddMinutes(4),
        Start.AddMinutes(34),
        WorkflowId,
        [new JoinedWorkflow(WorkflowId, 3)],
        Version: 2
    );

    public static readonly SessionList SessionList = new([Session]);

    public static readonly CreateWorkflowRequest CreateWorkflow = new("Plan the mobile app");

    public static readonly UpdateWorkflowRequest UpdateWorkflow = new("Plan the mobile app, part 2", "paused");

    public static readonly AddParticipantRequest AddParticipant = new("marco@example.com", "contributor");

    public static readonly MarkReadRequest MarkRead = new(3);

    public static readonly ParticipantView Participant = new(
        MarcoId,
        "Marco",
        ParticipantRole.Contributor,
        Start.AddMinutes(2)
    );

    public static readonly WorkflowView Workflow = new(
        WorkflowId,
        "Plan the mobile app",
        WorkflowStatus.Active,
        ParticipantRole.Owner,
        Personal: false,
        LastSequence: 3,
        LastReadSequence: 2,
        Start.AddMinutes(1),
        [new ParticipantView(SarahId, "Sarah", ParticipantRole.Owner, Start.AddMinutes(1)), Participant]
    );

    public static readonly WorkflowPage WorkflowPage = new([Workflow], null);

    private static readonly ActorView Sarah = new(SarahId, ActorKind.User, "Sarah");

    public static readonly MessagePage MessagePage = new(
        [
            new MessageView(
                MessageId,
                WorkflowId,
                Sequence: 3,
                Sarah,
                "Who are our first users?",
                ReplyTo: null,
                "0d5f3a52-first",
                Start.AddMinutes(3),
                EditedAt: null,
                DeletedAt: null
            ),
        ],
        HasMore: false
    );

    public static readonly EventPage EventPage = new(
        [
            new EventView(
                EventKind.ParticipantAdded,
                WorkflowId,
                2,
                Start.AddMinutes(2),
                Sarah,
                UserId: MarcoId,
                Name: "Marco",
                Role: ParticipantRole.Contributor
            ),
            new EventView(
                EventKind.MessagePosted,
                WorkflowId,
                3,
                Start.AddMinutes(3),
                Sarah,
                MessageId: MessageId,
                Content: "Who are our first users?",
                ClientMessageId: "0d5f3a52-first"
            ),
        ],
        LastSequence: 3,
        HasMore: false
    );
}

using BmadServer.Integration.Tests.Support;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace BmadServer.Integration.Tests.Chat;

/// <summary>
/// Arguments that are wrong or strange. Each is refused with <c>code: sentence</c>, nothing is written, and the connection
/// goes on; or it is stored exactly as it came.
/// </summary>
public sealed class HubBadInputTests(Database database) : ChatTest(database)
{
    private const int Longest = 16_000;
    private const string NotText = "validation.failed: Content must be well-formed Unicode text without the character U+0000.";
    private const string Empty = "validation.failed: Content must not be empty.";
    private const string TooLong = "validation.failed: Content must be at most 16000 characters long.";
    private const string Shape =
        "validation.failed: SendMessage takes (message: text, or {content, workflowId?, clientMessageId?, replyTo?}).";

    private Guid _workflow;
    private HubClient _client = null!;

    private static readonly object?[] NoMessages =
    [
        new object?[] { "", Empty },
        new object?[] { " \t\r\n\u00a0\u3000", Empty },
        new object?[] { null, Empty },
        new object?[] { new { }, Empty },
        new object?[] { new { content = (string?)null }, Empty },
        new object?[] { new { content = "" }, Empty },
        new object?[] { new { text = "Hello" }, Empty },
        new object?[] { 5, Shape },
        new object?[] { 5.5e300, Shape },
        new object?[] { true, Shape },
        new object?[] { new[] { "Hello" }, Shape },
        new object?[] { Array.Empty<object>(), Shape },
        new object?[] { new { content = 5 }, Shape },
        new object?[] { new { content = new { } }, Shape },
        new object?[] { new { content = new[] { "Hello" } }, Shape },
        new object?[] { new { content = "Hello", workflowId = "no UUID" }, Shape },
        new object?[] { new { content = "Hello", workflowId = 5 }, Shape },
        new object?[] { new { content = "Hello", replyTo = "no UUID" }, Shape },
        new object?[] { new { content = "Hello", replyTo = "" }, Shape },
        new object?[] { new { content = "Hello", clientMessageId = 5 }, Shape },
        new object?[] { new { content = "Hello", clientMessageId = new { } }, Shape },
        new object?[] { "nul \0 inside", NotText },
        new object?[] { new { content = "\0" }, NotText },
        new object?[] { new string('x', Longest + 1), TooLong },
        new object?[] { string.Concat(Enumerable.Repeat("😀", Longest / 2)) + "x", TooLong },
        // Far too long, and still within one frame.
        new object?[] { new string('x', 150_000), TooLong },
    ];

    private static readonly string[] Texts =
    [
        "a\u0001\u0002\u0007\u0008\u000b\u001b[31m\u001e\u001f\u007f\u0085z",
        "  spaces and \t tabs\r\n around \n",
        "👩‍👩‍👧‍👦 🏳️‍🌈 e\u0301 \u200b\u200d\ufeff",
        "שלום \u202eevil\u202c مرحبا",
        "'; DROP TABLE workflows; -- \" \\ {0} %s $1",
        "<script>alert('x')</script> &amp; \u2028\u2029",
        "\uffff\ufffe\ufdd0",
        "{\"content\":\"no object\"}",
        "null",
        "0",
    ];

    private static readonly object?[] WrongCalls =
    [
        new object?[] { "SendMessage", Array.Empty<object>(), Shape },
        new object?[] { "SendMessage", new object[] { "Hello", "again" }, Shape },
        new object?[] { "JoinWorkflow", new object?[] { "no UUID" }, "validation.failed: JoinWorkflow takes (workflowId: UUID)." },
        new object?[] { "JoinWorkflow", new object?[] { null }, "validation.failed: JoinWorkflow takes (workflowId: UUID)." },
        new object?[] { "LeaveWorkflow", new object?[] { 5 }, "validation.failed: LeaveWorkflow takes (workflowId: UUID)." },
        new object?[]
        {
            "EditMessage",
            new object?[] { Guid.Empty, "x", "x" },
            "validation.failed: EditMessage takes (workflowId: UUID, messageId: UUID, content: text).",
        },
        new object?[]
        {
            "DeleteMessage",
            new object?[] { Guid.Empty },
            "validation.failed: DeleteMessage takes (workflowId: UUID, messageId: UUID).",
        },
        new object?[]
        {
            "CatchUp",
            new object?[] { Guid.Empty, "all" },
            "validation.failed: CatchUp takes (workflowId: UUID, afterSequence: whole number).",
        },
        new object?[]
        {
            "CatchUp",
            new object?[] { Guid.Empty, 1.5 },
            "validation.failed: CatchUp takes (workflowId: UUID, afterSequence: whole number).",
        },
        new object?[]
        {
            "SetTyping",
            new object?[] { Guid.Empty, "yes" },
            "validation.failed: SetTyping takes (workflowId: UUID, isTyping: true or false).",
        },
        new object?[]
        {
            "MarkRead",
            new object?[] { Guid.Empty, null },
            "validation.failed: MarkRead takes (workflowId: UUID, sequence: whole number).",
        },
        new object?[] { "NoSuchMethod", new object?[] { 1 }, "hub.unknown_method: The hub has no such method." },
        new object?[] { "-refuse-", new object?[] { "code", "text" }, "hub.unknown_method: The hub has no such method." },
        new object?[] { "Refuse", new object?[] { "code", "text" }, "hub.unknown_method: The hub has no such method." },
        new object?[] { "OnConnectedAsync", Array.Empty<object>(), "hub.unknown_method: The hub has no such method." },
        new object?[] { "Dispose", Array.Empty<object>(), "hub.unknown_method: The hub has no such method." },
    ];

    [SetUp]
    public async Task OpenWorkflowAsync()
    {
        _workflow = await WorkflowOfAsync(Sarah);
        _client = await JoinedAsync(Sarah, _workflow);
    }

    [TestCaseSource(nameof(NoMessages))]
    public async Task What_is_no_message_is_refused(object? message, string expected)
    {
        (await RefusalAsync(() => _client.InvokeAsync("SendMessage", message))).ShouldBe(expected);

        await ShouldGoOnWithNothingWrittenAsync();
    }

    [TestCaseSource(nameof(WrongCalls))]
    public async Task A_call_that_fits_no_method_is_refused(string method, object?[] arguments, string expected)
    {
        (await RefusalAsync(() => _client.CallAsync(method, arguments))).ShouldBe(expected);

        await ShouldGoOnWithNothingWrittenAsync();
    }

    [TestCaseSource(nameof(Texts))]
    public async Task Any_other_text_is_kept_exactly(string text)
    {
        var ack = await _client.InvokeAsync("SendMessage", text);

        (await _client.WaitForEventAsync(_workflow, ack.Number("sequence"))).Text("content").ShouldBe(text);
        (await Sarah.MessagesAsync(_workflow)).Contents().ShouldBe([text]);
    }

    [Test]
    public async Task The_longest_message_is_taken()
    {
        var ascii = new string('x', Longest);
        var emoji = string.Concat(Enumerable.Repeat("😀", Longest / 2));

        await _client.InvokeAsync("SendMessage", ascii);
        await _client.InvokeAsync("SendMessage", emoji);

        (await Sarah.MessagesAsync(_workflow)).Contents().ShouldBe([emoji, ascii]);
    }

    [Test]
    public async Task Fields_that_nobody_knows_are_ignored()
    {
        var ack = await _client.InvokeAsync(
            "SendMessage",
            new
            {
                content = "Hello",
                mood = "good",
                sender = Marco.Id,
                sequence = 99,
            }
        );

        ack.Number("sequence").ShouldBe(2);
        (await Sarah.MessagesAsync(_workflow)).Single().GetProperty("author").Id("id").ShouldBe(Sarah.Id);
    }

    [Test]
    public async Task A_stream_is_refused()
    {
        var refusal = await Should.ThrowAsync<HubException>(async () =>
        {
            await foreach (var _ in _client.Connection.StreamAsync<object>("SendMessage", "Hello"))
            {
                // Nothing comes.
            }
        });

        refusal.Message.ShouldBe("hub.unknown_method: This hub has no streams.");
        await ShouldGoOnWithNothingWrittenAsync();
    }

    private async Task ShouldGoOnWithNothingWrittenAsync()
    {
        await _client.InvokeAsync("SendMessage", "Still here");
        (await Sarah.LogAsync(_workflow)).Count.ShouldBe(2);
        _client.Connection.State.ShouldBe(HubConnectionState.Connected);
    }
}

using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Chat;

/// <summary>Frames that no client library writes. None of them closes the connection or writes anything.</summary>
public sealed class HubFrameTests(Database database) : ChatTest(database)
{
    private const string Shape =
        "validation.failed: SendMessage takes (message: text, or {content, workflowId?, clientMessageId?, replyTo?}).";
    private const string Malformed = "hub.malformed: The frame is not a message of the SignalR JSON protocol.";
    private const string UnknownMethod = "hub.unknown_method: The hub has no such method.";

    private RawHubClient _client = null!;
    private long _before;

    [SetUp]
    public async Task ConnectAsync()
    {
        _client = await RawHubClient.ConnectAsync(Server.Url, Sarah.AccessToken);
        _before = await Sarah.LastSequenceAsync(await Sarah.PersonalWorkflowAsync());
    }

    [TearDown]
    public async Task DisconnectAsync() => await _client.DisposeAsync();

    [TestCase("""{"type":1,"invocationId":"1","target":"SendMessage","arguments":["\ud800"]}""", Shape)]
    [TestCase("""{"type":1,"invocationId":"1","target":"SendMessage","arguments":["a\udc00b"]}""", Shape)]
    [TestCase("""{"type":1,"invocationId":"1","target":"SendMessage","arguments":["\udc00\ud800"]}""", Shape)]
    [TestCase("""{"type":1,"invocationId":"1","target":"SendMessage","arguments":[{"content":"\ud83d!"}]}""", Shape)]
    [TestCase("""{"type":1,"invocationId":"1","target":"SendMessage","arguments":[{"content":"x","clientMessageId":"\ud83d"}]}""", Shape)]
    [TestCase("""{"type":1,"invocationId":"1","target":"SendMessage","arguments":[{"content":"x","workflowId":"\ud83d"}]}""", Shape)]
    [TestCase("""{"type":1,"invocationId":"1","target":"SendMessage","arguments":[{"content":"x","\ud83d":1}]}""", Shape)]
    [TestCase("""{"type":1,"invocationId":"1","target":"","arguments":["x"]}""", UnknownMethod)]
    [TestCase("""{"type":1,"invocationId":"1","target":"NoSuchMethod","arguments":["\ud800"]}""", UnknownMethod)]
    [TestCase("""{"type":1,"invocationId":"1","target":"SendMessage","arguments":[]}""", Shape)]
    [TestCase("""{"type":1,"invocationId":"1","target":"SendMessage","arguments":["x","y"]}""", Shape)]
    [TestCase("""{"arguments":[5],"target":"SendMessage","invocationId":"1","type":1}""", Shape)]
    [TestCase("""{"type":4,"invocationId":"1","target":"SendMessage","arguments":["x"]}""", "hub.unknown_method: This hub has no streams.")]
    [TestCase("""{"type":4,"invocationId":"1","target":"NoSuchMethod","arguments":["x"]}""", UnknownMethod)]
    [TestCase(
        """{"type":1,"invocationId":"1","target":"SendMessage","arguments":["x"],"streamIds":["2"]}""",
        "hub.unknown_method: This hub has no streams."
    )]
    [TestCase("""{"type":1,"invocationId":"1","target":"\ud800","arguments":["x"]}""", Malformed)]
    [TestCase("""{"type":1,"invocationId":"1","target":5,"arguments":["x"]}""", Malformed)]
    [TestCase("""{"type":1,"invocationId":"1","target":"SendMessage","arguments":"x"}""", Malformed)]
    [TestCase("""{"type":1,"invocationId":"1","target":"SendMessage"}""", Malformed)]
    [TestCase("""{"type":1,"invocationId":"1","arguments":["x"]}""", Malformed)]
    [TestCase("""{"type":0,"invocationId":"1","target":"SendMessage","arguments":["x"]}""", Malformed)]
    [TestCase("""{"type":10,"invocationId":"1"}""", Malformed)]
    public async Task A_frame_with_an_invocation_is_answered(string frame, string expected)
    {
        await _client.SendFrameAsync(frame);

        var completion = await _client.CompletionAsync("1");
        completion.Fields().ShouldBe(["type", "invocationId", "error"], ignoreOrder: true);
        completion.Text("error").ShouldBe(expected);
        await ShouldGoOnWithNothingWrittenAsync();
    }

    [TestCase("no JSON at all")]
    [TestCase("")]
    [TestCase("5")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("[1,2,3]")]
    [TestCase("{}")]
    [TestCase("""{"type":1}""")]
    [TestCase("""{"type":"1"}""")]
    [TestCase("""{"type":null}""")]
    [TestCase("""{"type":1,"invocationId":"1","target":"SendMessage","arguments":["Hel""")]
    [TestCase("""{"type":1,"invocationId":1,"target":"SendMessage","arguments":["Hello"]}""")]
    [TestCase("""{"type":1,"invocationId":"\ud800","target":"SendMessage","arguments":["Hello"]}""")]
    [TestCase("""{"type":1,"target":"\ud800","arguments":["Hello"]}""")]
    [TestCase("""{"\ud800":1}""")]
    [TestCase("""{"item":1,"type":2,"invocationId":"1"}""")]
    [TestCase("""{"type":0}""")]
    [TestCase("""{"type":10}""")]
    [TestCase("""{"type":1e9}""")]
    [TestCase("""{"type":99999999999999}""")]
    [TestCase("""{"type":2,"invocationId":"1","item":1}""")]
    [TestCase("""{"type":3,"invocationId":"1","result":1}""")]
    [TestCase("""{"type":3,"invocationId":"1","result":1,"error":"x"}""")]
    [TestCase("""{"type":3}""")]
    [TestCase("""{"type":5,"invocationId":"1"}""")]
    [TestCase("""{"type":6}""")]
    [TestCase("""{"type":8,"sequenceId":1}""")]
    [TestCase("""{"type":9,"sequenceId":1}""")]
    [TestCase("""{"type":1,"headers":{"a":1},"target":"SendMessage","arguments":["Hello"]}""")]
    [TestCase("""{"type":1,"target":"SendMessage","arguments":[5]}""")]
    [TestCase("""{"type":1,"target":"NoSuchMethod","arguments":[]}""")]
    public async Task A_frame_that_cannot_be_answered_changes_nothing(string frame)
    {
        await _client.SendFrameAsync(frame);

        await ShouldGoOnWithNothingWrittenAsync();
    }

    [Test]
    public async Task Deeply_nested_json_changes_nothing()
    {
        await _client.SendFrameAsync(new string('[', 20_000));

        await ShouldGoOnWithNothingWrittenAsync();
    }

    [Test]
    public async Task A_frame_that_comes_in_pieces_is_read_when_it_is_whole()
    {
        await _client.SendTextAsync("""{"type":1,"invocationId":"1","target":"Send""");
        await _client.SendTextAsync("""Message","arguments":["In pieces"]}""");
        await _client.SendTextAsync("\u001e");

        (await _client.CompletionAsync("1")).GetProperty("result").Number("sequence").ShouldBe(_before + 1);
    }

    [Test]
    public async Task A_bad_frame_does_not_take_its_neighbours_with_it()
    {
        const string good = """{"type":1,"invocationId":"1","target":"SendMessage","arguments":["Good"]}""";

        await _client.SendTextAsync($"nonsense\u001e{good}\u001e");

        (await _client.CompletionAsync("1")).GetProperty("result").Number("sequence").ShouldBe(_before + 1);
    }

    [Test]
    public async Task A_send_without_an_invocation_is_posted_though_nobody_is_answered()
    {
        await _client.SendFrameAsync("""{"type":1,"target":"SendMessage","arguments":["One way"]}""");

        var next = await _client.PostAsync("Answered", "2");
        next.Number("sequence").ShouldBe(_before + 2);
    }

    [Test]
    public async Task No_answer_tells_of_the_inside()
    {
        string[] arguments = ["5", "[]", "\"\\ud800\"", "{\"content\":[]}", "{\"content\":\"x\",\"replyTo\":\"'\"}", "\"\\u0000\""];
        foreach (var (argument, index) in arguments.Select((argument, index) => (argument, index)))
        {
            await _client.SendFrameAsync($$"""{"type":1,"invocationId":"{{index}}","target":"SendMessage","arguments":[{{argument}}]}""");

            var error = (await _client.CompletionAsync($"{index}")).Text("error");

            error.ShouldMatch(@"^[a-z_]+(\.[a-z_]+)+: [A-Z][^\n]*\.$");
            error.ShouldNotMatch("Exception|   at |System\\.|SELECT|INSERT|Npgsql|SQLite|unexpected error");
        }
    }

    private async Task ShouldGoOnWithNothingWrittenAsync()
    {
        var next = await _client.PostAsync("Still here", "next");
        next.Number("sequence").ShouldBe(_before + 1);
    }
}

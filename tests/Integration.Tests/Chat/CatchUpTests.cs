using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Chat;

public sealed class CatchUpTests(Database database) : ChatTest(database)
{
    private const int PageSize = 500;
    private const int LogLength = 2 * PageSize + 20;

    private Guid _workflow;
    private string[] _log = [];

    /// <summary>One long log for the fixture; no test of it writes there.</summary>
    [OneTimeSetUp]
    public async Task WriteLongLogAsync()
    {
        _workflow = await SharedWorkflowAsync((Marco, "observer"));
        await using var client = await HubClient.ConnectAsync(Server.Url, Sarah.AccessToken);
        await client.InvokeAsync("JoinWorkflow", _workflow);
        var written = await Sarah.LastSequenceAsync(_workflow);
        await Task.WhenAll(Enumerable.Range(0, LogLength - (int)written).Select(number => client.InvokeAsync("SendMessage", $"{number}")));
        _log = (await Sarah.LogAsync(_workflow)).Raw();
        _log.Length.ShouldBe(LogLength);
    }

    [TestCase(0, PageSize, true)]
    [TestCase(1, PageSize, true)]
    [TestCase(137, PageSize, true)]
    [TestCase(PageSize, PageSize, true)]
    [TestCase(LogLength - PageSize - 1, PageSize, true)]
    [TestCase(LogLength - PageSize, PageSize, false)]
    [TestCase(2 * PageSize, LogLength - 2 * PageSize, false)]
    [TestCase(LogLength - 1, 1, false)]
    [TestCase(LogLength, 0, false)]
    [TestCase(LogLength + 1, 0, false)]
    [TestCase(long.MaxValue, 0, false)]
    public async Task A_page_begins_after_the_sequence_given_and_says_whether_the_log_goes_on(long after, int count, bool hasMore)
    {
        var client = await ConnectedAsync(Sarah);

        var page = await client.InvokeAsync("CatchUp", _workflow, after);

        page.Fields().ShouldBe(["events", "lastSequence", "hasMore"]);
        page.Items("events").Raw().ShouldBe(_log.Skip((int)Math.Min(after, LogLength)).Take(count));
        page.Items("events").Length.ShouldBe(count);
        page.Number("lastSequence").ShouldBe(LogLength);
        page.Flag("hasMore").ShouldBe(hasMore);
    }

    [Test]
    public async Task Page_after_page_gives_the_whole_log()
    {
        var client = await ConnectedAsync(Marco);
        List<string> read = [];
        bool hasMore;
        do
        {
            var page = await client.InvokeAsync("CatchUp", _workflow, read.Count);
            read.AddRange(page.Items("events").Raw());
            hasMore = page.Flag("hasMore");
        } while (hasMore);

        read.ShouldBe(_log);
    }

    [Test]
    public async Task One_who_was_added_late_can_read_from_the_beginning()
    {
        var workflow = await WorkflowOfAsync(Sarah);
        var writer = await JoinedAsync(Sarah, workflow);
        await writer.InvokeAsync("SendMessage", "Before Nadia came");
        await AddAsync(Sarah, workflow, Nadia, "observer");
        var client = await ConnectedAsync(Nadia);

        var page = await client.InvokeAsync("CatchUp", workflow, 0);

        page.Items("events").Select(@event => @event.Text("kind")).ShouldBe(["participantAdded", "messagePosted", "participantAdded"]);
    }

    [Test]
    public async Task Catching_up_needs_no_join_and_makes_nothing_active()
    {
        var client = await ConnectedAsync(Sarah);

        await client.InvokeAsync("CatchUp", _workflow, LogLength);
        var ack = await client.InvokeAsync("SendMessage", "Hello");

        ack.Id("workflowId").ShouldNotBe(_workflow);
    }

    [Test]
    public async Task A_negative_sequence_is_refused()
    {
        var client = await ConnectedAsync(Sarah);

        var refusal = await RefusalAsync(() => client.InvokeAsync("CatchUp", _workflow, -1));

        refusal.ShouldBe("validation.failed: After must not be negative.");
    }
}

using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using BmadServer.Application.Workflows;
using BmadServer.Domain.Workflows;
using BmadServer.Integration.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace BmadServer.Integration.Tests.Chat;

/// <summary>What becomes of pushes that never reached a client, or never set out.</summary>
public sealed class SequenceAnnouncementTests(Database database) : ChatTest(database)
{
    private readonly LosingPublisher _publisher = new();

    protected override void Configure(WebApplicationBuilder builder)
    {
        base.Configure(builder);
        var real = builder.Services.Last(service => service.ServiceType == typeof(IWorkflowEventPublisher));
        builder.Services.AddSingleton<IWorkflowEventPublisher>(services =>
        {
            _publisher.Real = (IWorkflowEventPublisher)real.ImplementationFactory!(services);
            return _publisher;
        });
    }

    [Test]
    public async Task The_last_sequence_is_announced_to_those_who_have_the_workflow_open()
    {
        var workflow = await SharedWorkflowAsync((Marco, "observer"));
        var (sender, reader) = (await ConnectedAsync(Sarah), await JoinedAsync(Marco, workflow));

        var ack = await sender.InvokeAsync("SendMessage", new { content = "Hello", workflowId = workflow });

        await AnnouncedAsync(reader, workflow, ack.Number("sequence"));
        sender.Received("SequenceAnnounced").ShouldBeEmpty();
    }

    [Test]
    public async Task An_event_whose_commit_was_never_answered_is_pushed_all_the_same()
    {
        var workflow = await SharedWorkflowAsync((Marco, "observer"));
        var (sender, reader) = (await ConnectedAsync(Sarah), await JoinedAsync(Marco, workflow));
        _publisher.Lose(new WorkflowId(workflow));

        var ack = await sender.InvokeAsync("SendMessage", new { content = "Lost", workflowId = workflow });

        await AnnouncedAsync(reader, workflow, ack.Number("sequence"));
        reader.Events(workflow).ShouldHaveSingleItem().Text("content").ShouldBe("Lost");
    }

    [Test]
    public async Task It_is_measured_as_one_that_was_found_in_the_log()
    {
        var workflow = await SharedWorkflowAsync((Marco, "observer"));
        var (sender, reader) = (await ConnectedAsync(Sarah), await JoinedAsync(Marco, workflow));
        var before = PushesFromLog();
        _publisher.Lose(new WorkflowId(workflow));

        var ack = await sender.InvokeAsync("SendMessage", new { content = "Lost", workflowId = workflow });

        await AnnouncedAsync(reader, workflow, ack.Number("sequence"));
        PushesFromLog().ShouldBe(before + 1);
    }

    [Test]
    public async Task It_is_pushed_before_what_follows_it()
    {
        var workflow = await SharedWorkflowAsync((Marco, "observer"));
        var (sender, reader) = (await ConnectedAsync(Sarah), await JoinedAsync(Marco, workflow));
        _publisher.Lose(new WorkflowId(workflow));
        await sender.InvokeAsync("SendMessage", new { content = "Lost", workflowId = workflow });
        _publisher.LoseNothing();

        var ack = await sender.InvokeAsync("SendMessage", new { content = "Next", workflowId = workflow });

        await reader.WaitForEventAsync(workflow, ack.Number("sequence"));
        reader.Events(workflow).Select(@event => @event.Text("content")).ShouldBe(["Lost", "Next"]);
    }

    [Test]
    public async Task One_whose_removal_was_never_answered_learns_of_it_and_receives_nothing_later()
    {
        var workflow = await SharedWorkflowAsync((Marco, "contributor"));
        var (owner, removed) = (await JoinedAsync(Sarah, workflow), await JoinedAsync(Marco, workflow));
        _publisher.Lose(new WorkflowId(workflow));

        await Sarah.RemoveAsync(workflow, Marco);
        _publisher.LoseNothing();
        await SettleAsync(workflow, owner, removed);

        removed.Events(workflow).ShouldHaveSingleItem().Text("kind").ShouldBe("participantRemoved");
    }

    [Test]
    public async Task One_whose_removal_was_never_answered_learns_of_it_when_nothing_follows()
    {
        var workflow = await SharedWorkflowAsync((Marco, "contributor"));
        var removed = await JoinedAsync(Marco, workflow);
        _publisher.Lose(new WorkflowId(workflow));

        await Sarah.RemoveAsync(workflow, Marco);

        await removed.WaitForAsync(() => removed.Events(workflow).Count > 0);
        removed.Events(workflow).ShouldHaveSingleItem().Text("kind").ShouldBe("participantRemoved");
    }

    [Test]
    public async Task One_whose_return_was_never_answered_learns_of_it_also_when_nobody_else_has_the_workflow_open()
    {
        var workflow = await SharedWorkflowAsync((Marco, "contributor"));
        var client = await JoinedAsync(Marco, workflow);
        await Sarah.RemoveAsync(workflow, Marco);
        await client.WaitForAsync(() => client.Events(workflow).Count > 0);
        _publisher.Lose(new WorkflowId(workflow));

        await AddAsync(Sarah, workflow, Marco);

        await client.WaitForAsync(() => client.Events(workflow).Count > 1);
        client.Events(workflow).Select(@event => @event.Text("kind")).ShouldBe(["participantRemoved", "participantAdded"]);
    }

    [Test]
    public async Task What_is_handed_over_late_was_pushed_before_and_has_no_effect_any_more()
    {
        var workflow = await SharedWorkflowAsync((Marco, "contributor"));
        var (owner, removed) = (await JoinedAsync(Sarah, workflow), await JoinedAsync(Marco, workflow));
        await Sarah.RemoveAsync(workflow, Marco);
        _publisher.Lose(new WorkflowId(workflow));
        await AddAsync(Sarah, workflow, Marco);
        await Sarah.RemoveAsync(workflow, Marco);
        await owner.WaitForAsync(() => owner.Events(workflow).Count == 3);

        _publisher.PublishLost();
        await SettleAsync(workflow, owner, removed);

        string[] kinds = ["participantRemoved", "participantAdded", "participantRemoved"];
        owner.Events(workflow).Select(@event => @event.Text("kind")).ShouldBe([.. kinds, "messagePosted"]);
        removed.Events(workflow).Select(@event => @event.Text("kind")).ShouldBe(kinds);
    }

    [Test]
    public async Task An_announcement_comes_after_the_pushes_of_all_that_it_announces()
    {
        const int messages = 200;
        var workflow = await SharedWorkflowAsync((Marco, "observer"));
        var (sender, reader) = (await ConnectedAsync(Sarah), await JoinedAsync(Marco, workflow));
        var early = new ConcurrentQueue<(long Announced, int Pushed)>();
        reader.Called += method =>
        {
            if (method == "SequenceAnnounced")
            {
                early.Enqueue((reader.Received(method)[^1].Number("lastSequence"), reader.Events(workflow).Count));
            }
        };

        for (var i = 0; i < messages; i++)
        {
            await sender.InvokeAsync("SendMessage", new { content = "Hello", workflowId = workflow });
        }

        // The owner, the reader, and then the messages.
        await AnnouncedAsync(reader, workflow, 2 + messages);
        early.Where(seen => seen.Pushed < seen.Announced - 2).ShouldBeEmpty();
    }

    [Test]
    public async Task It_is_announced_three_times_and_then_no_more()
    {
        var workflow = await WorkflowOfAsync(Sarah);
        var client = await JoinedAsync(Sarah, workflow);
        var ack = await client.InvokeAsync("SendMessage", new { content = "Hello", workflowId = workflow });
        await client.WaitForAsync(() => Announcements(client, workflow).Count(last => last == ack.Number("sequence")) == 3);

        // Another workflow's announcements show that the time for a fourth has come and gone.
        var other = await WorkflowOfAsync(Sarah);
        await client.InvokeAsync("JoinWorkflow", other);
        await client.WaitForAsync(() => Announcements(client, other).Count == 3);

        Announcements(client, workflow).Count(last => last == ack.Number("sequence")).ShouldBe(3);
    }

    [Test]
    public async Task Nothing_is_announced_of_a_workflow_that_was_left_or_that_its_reader_was_removed_from()
    {
        var workflow = await SharedWorkflowAsync((Marco, "contributor"), (Nadia, "contributor"));
        var (sender, left, removed) = (
            await JoinedAsync(Sarah, workflow),
            await JoinedAsync(Marco, workflow),
            await JoinedAsync(Nadia, workflow)
        );
        await left.CallAsync("LeaveWorkflow", workflow);
        (await Sarah.Http.DeleteAsync($"/api/v1/workflows/{workflow}/participants/{Nadia.Id}")).EnsureSuccessStatusCode();

        var ack = await sender.InvokeAsync("SendMessage", new { content = "Secret", workflowId = workflow });
        await AnnouncedAsync(sender, workflow, ack.Number("sequence"));
        await SettleAsync(workflow, sender, left, removed);

        Announcements(left, workflow).ShouldNotContain(ack.Number("sequence"));
        Announcements(removed, workflow).ShouldNotContain(ack.Number("sequence"));
    }

    /// <summary>As this server counts them; the process may run others.</summary>
    private long PushesFromLog()
    {
        var count = 0L;
        var ofServer = Server.Services.GetRequiredService<IMeterFactory>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "bmadserver.hub.pushes" && instrument.Meter.Scope == ofServer)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => count += tags[0].Value is "log" ? value : 0);
        listener.Start();
        listener.RecordObservableInstruments();
        return count;
    }

    private static Task AnnouncedAsync(HubClient client, Guid workflow, long sequence) =>
        client.WaitForAsync(() => Announcements(client, workflow).Contains(sequence));

    private static IReadOnlyList<long> Announcements(HubClient client, Guid workflow) =>
        [
            .. client
                .Received("SequenceAnnounced")
                .Where(announced => announced.Id("workflowId") == workflow)
                .Select(announced => announced.Number("lastSequence")),
        ];

    /// <summary>Loses the pushes of chosen workflows, as a commit does whose answer is lost.</summary>
    private sealed class LosingPublisher : IWorkflowEventPublisher
    {
        private readonly ConcurrentDictionary<WorkflowId, ConcurrentQueue<WorkflowEvent>> _lost = new();

        public IWorkflowEventPublisher Real { get; set; } = null!;

        public void Lose(WorkflowId workflow) => _lost[workflow] = [];

        public void LoseNothing() => _lost.Clear();

        public void PublishLost()
        {
            var lost = _lost.Values.SelectMany(events => events).ToList();
            LoseNothing();
            Real.Publish(lost);
        }

        public void Publish(IReadOnlyList<WorkflowEvent> events)
        {
            foreach (var @event in events)
            {
                if (_lost.TryGetValue(@event.WorkflowId, out var lost))
                {
                    lost.Enqueue(@event);
                }
                else
                {
                    Real.Publish([@event]);
                }
            }
        }
    }
}

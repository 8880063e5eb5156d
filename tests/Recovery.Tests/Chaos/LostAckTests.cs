using BmadServer.Recovery.Tests.Clients;
using BmadServer.Testing.History;

namespace BmadServer.Recovery.Tests.Chaos;

/// <summary>The server has stored a message, and its sender does not know.</summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
internal sealed class LostAckTests(DatabaseKind database) : ChaosTest(database)
{
    private const int Messages = 30;

    /// <summary>For the server to store them, on however busy a machine.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Longer, so that no device gives up by itself before its acks are lost.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    [Test]
    public async Task A_repeat_after_the_ack_was_dropped_adds_nothing()
    {
        var tally = await InRoundAsync(
            devices: 3,
            round => Task.WhenAll(round.Devices.Select(device => Round.LoseAcksAsync(device, round.WorkflowIds[0], Messages, Limit))),
            AnswerLimit
        );

        tally.PassingRefusals.ShouldBe(0);
        tally.RepeatedAfterLostAck.ShouldBe(3 * Messages);
    }

    [Test]
    public async Task A_repeat_after_the_connection_was_reset_with_the_acks_on_their_way_adds_nothing()
    {
        var tally = await InRoundAsync(
            devices: 2,
            async round =>
            {
                var (sender, other) = (round.Devices[0], round.Devices[1]);
                var workflow = round.WorkflowIds[0];
                var before = other.Client.LastSequence(workflow);
                sender.Network.DelayToClient = TimeSpan.FromMinutes(1);
                for (var count = 0; count < Messages; count++)
                {
                    _ = sender.Client.SendAsync(workflow, $"ack on its way {count}");
                }

                (await Round.UntilAsync(Limit, () => other.Client.Has(workflow, before + Messages))).ShouldBeTrue();
                sender.Network.DelayToClient = TimeSpan.Zero;
                sender.Network.ResetConnections();
            },
            AnswerLimit
        );

        tally.PassingRefusals.ShouldBe(0);
        tally.RepeatedAfterLostAck.ShouldBe(Messages);
    }

    [Test]
    public async Task Of_two_devices_that_send_the_same_at_once_while_acks_get_lost_one_stores_it()
    {
        // The last device is the second one of the first user.
        var tally = await InRoundAsync(
            Worlds.Users + 1,
            async round =>
            {
                var (first, second) = (round.Devices[0], round.Devices[^1]);
                first.User.ShouldBe(second.User);
                first.DropsAnswers = true;
                for (var count = 0; count < Messages; count++)
                {
                    var key = $"{Guid.CreateVersion7()}";
                    _ = first.Client.SendAsync(round.WorkflowIds[0], $"both {count}", key);
                    _ = second.Client.SendAsync(round.WorkflowIds[0], $"both {count}", key);
                }

                (await Round.UntilAsync(Limit, () => second.Client.Waiting == 0 && first.DroppedAcks >= Messages)).ShouldBeTrue();
                first.DropsAnswers = false;
                first.Network.ResetConnections();
            },
            AnswerLimit
        );

        tally.PassingRefusals.ShouldBe(0);
        tally.RepeatedAfterLostAck.ShouldBe(Messages);
        tally.Events.ShouldBeLessThan(2 * Messages);
    }

    [Test]
    public async Task A_repeat_after_a_day_and_a_restart_gets_the_first_ack_and_adds_nothing()
    {
        var day = TimeSpan.FromDays(1);
        var sent = new List<(string Key, string Content, Ack Ack)>();
        var workflow = Guid.Empty;
        await InRoundAsync(
            devices: 1,
            async round =>
            {
                workflow = round.WorkflowIds[0];
                foreach (var count in Enumerable.Range(0, 20))
                {
                    var (key, content) = ($"{Guid.CreateVersion7()}", $"a day ago {count}");
                    sent.Add((key, content, (await round.Devices[0].Client.SendAsync(workflow, content, key))!));
                }
            }
        );
        var world = await Worlds.GetAsync(Database);
        var before = await world.TruthAsync(workflow);

        await world.Server.StopAsync();
        await world.AgeAsync(day);
        await world.Server.StartAsync();

        var author = world.Users[0];
        await using var hub = await HubSocket.ConnectAsync(
            new HubSocketOptions { Server = world.Server.Url, AccessToken = await author.AccessTokenAsync() },
            IgnoreCalls.Instance
        );
        foreach (var (key, content, first) in sent)
        {
            var repeated = await hub.InvokeAsync("SendMessage", Wire.Read<Ack>, new { content, workflowId = workflow, clientMessageId = key });
            repeated.ShouldBe(
                first with
                {
                    Duplicate = true,
                    ReceivedAt = first.ReceivedAt - day,
                    CommittedAt = first.CommittedAt - day,
                }
            );
        }

        (await world.TruthAsync(workflow)).Log.Count.ShouldBe(before.Log.Count);
    }
}

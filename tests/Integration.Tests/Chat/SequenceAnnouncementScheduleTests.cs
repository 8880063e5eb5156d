using BmadServer.Domain.Workflows;
using BmadServer.Integration.Tests.Support;
using BmadServer.Web.Chat;

namespace BmadServer.Integration.Tests.Chat;

/// <summary>What is due to be announced, turn by turn.</summary>
public sealed class SequenceAnnouncementScheduleTests
{
    private static readonly WorkflowId Workflow = new(Guid.CreateVersion7());

    private readonly SequenceAnnouncements _announcements = new();

    [SetUp]
    public void Forget() => _announcements.Next(new Dictionary<WorkflowId, long>());

    [Test]
    public void A_change_is_announced_three_times()
    {
        Turns(5, 5, 5, 5, 5).ShouldBe([5, 5, 5, null, null]);
    }

    [Test]
    public void Every_change_starts_anew()
    {
        Turns(5, 5, 6, 6, 6, 6).ShouldBe([5, 5, 6, 6, 6, null]);
    }

    [Test]
    public void A_workflow_that_changes_all_the_time_is_announced_every_turn()
    {
        Turns(5, 6, 7, 8, 9).ShouldBe([5, 6, 7, 8, 9]);
    }

    [Test]
    public void One_that_nobody_has_open_any_more_is_forgotten_and_announced_when_it_is_opened_again()
    {
        Turns(5, 5, 5, 5, null, 5).ShouldBe([5, 5, 5, null, null, 5]);
    }

    /// <param name="pushed">How far the workflow was pushed in each turn; null while nobody has it open.</param>
    /// <returns>What was announced in each turn.</returns>
    private List<long?> Turns(params long?[] pushed) =>
        [
            .. pushed.Select(lastSequence =>
                _announcements
                    .Next(lastSequence is { } known ? new Dictionary<WorkflowId, long> { [Workflow] = known } : new Dictionary<WorkflowId, long>())
                    .Select(due => (long?)due.LastSequence)
                    .SingleOrDefault()
            ),
        ];
}

using BmadServer.Application.Common;
using BmadServer.Application.Workflows;

namespace BmadServer.Application.UnitTests.Common;

public sealed class WireEnumTests
{
    [Test]
    public void TryParse_WhenTheNameIsInCamelCase_ShouldFindIt()
    {
        WireEnum.TryParse<EventKind>("workflowStatusChanged", out var kind).ShouldBeTrue();

        kind.ShouldBe(EventKind.WorkflowStatusChanged);
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("MessagePosted")]
    [TestCase("messageposted")]
    [TestCase("0")]
    [TestCase(" messagePosted")]
    [TestCase("messagePosted,messageEdited")]
    public void TryParse_WhenItIsNotExactlyAName_ShouldNotFindIt(string? text) =>
        WireEnum.TryParse<EventKind>(text, out _).ShouldBeFalse();

    [Test]
    public void Names_ShouldBeAsOnTheWire() => WireEnum.Names<Domain.Workflows.ParticipantRole>().ShouldBe("owner, contributor, observer");
}

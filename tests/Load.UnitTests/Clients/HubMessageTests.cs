using System.Text;
using BmadServer.Load.Clients;

namespace BmadServer.Load.UnitTests.Clients;

public sealed class HubMessageTests
{
    [TestCase("""{"type":3,"invocationId":"7","result":{"a":[1]}}""", 7, false)]
    [TestCase("""{"type":3,"invocationId":"000000000123","result":null}""", 123, false)]
    [TestCase("""{"type":3,"invocationId":"7"}""", 7, false)]
    [TestCase("""{"type":3,"invocationId":"7","error":"workflow.not_found: no"}""", 7, true)]
    [TestCase("""{"result":{"type":1,"error":"x"},"invocationId":"8","type":3}""", 8, false)]
    [TestCase("""{"error":"no","invocationId":"8","type":3}""", 8, true)]
    public void An_answer_is_known_by_its_call_in_any_order_of_fields(string message, int call, bool isRefused) =>
        HubMessage.Read(Encoding.UTF8.GetBytes(message)).ShouldBe(new HubMessage(HubMessageKind.Answer, call, isRefused));

    [TestCase("""{"type":1,"target":"ReceiveEvent","arguments":[{"kind":"messagePosted"}]}""", true)]
    [TestCase("""{"target":"ReceiveEvent","arguments":[],"type":1}""", true)]
    [TestCase("""{"type":1,"target":"SequenceAnnounced","arguments":[{"lastSequence":3}]}""", false)]
    public void A_push_is_told_from_an_event(string message, bool isEvent)
    {
        var bytes = Encoding.UTF8.GetBytes(message);

        HubMessage.Read(bytes).Kind.ShouldBe(HubMessageKind.Push);
        HubMessage.IsEvent(bytes).ShouldBe(isEvent);
    }

    [Test]
    public void Pings_are_neither() => HubMessage.Read("""{"type":6}"""u8).Kind.ShouldBe(HubMessageKind.Other);

    [Test]
    public void A_close_says_why()
    {
        var close = """{"type":7,"error":"service.unavailable: later"}"""u8;

        HubMessage.Read(close).Kind.ShouldBe(HubMessageKind.Close);
        HubMessage.ErrorOf(close).ShouldBe("service.unavailable: later");
    }
}

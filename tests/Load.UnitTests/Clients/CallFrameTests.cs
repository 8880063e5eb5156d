using System.Text;
using System.Text.Json;
using BmadServer.Load.Clients;

namespace BmadServer.Load.UnitTests.Clients;

public sealed class CallFrameTests
{
    [TestCase(10)]
    [TestCase(200)]
    public void A_call_is_one_masked_text_frame_with_one_message(int length)
    {
        var text = new string('t', length);

        var bytes = CallFrame.Create(5, "SendMessage", $"\"{text}\"").Bytes.ToArray();

        var head = bytes[1] == (0x80 | 126) ? 8 : 6;
        bytes[0].ShouldBe((byte)0x81);
        (bytes[1] & 0x80).ShouldBe(0x80);
        bytes[(head - 4)..head].ShouldBe(new byte[4]);
        var payload = head == 8 ? (bytes[2] << 8) | bytes[3] : bytes[1] & 0x7f;
        payload.ShouldBe(bytes.Length - head);
        bytes[^1].ShouldBe((byte)0x1e);
        var call = JsonSerializer.Deserialize<JsonElement>(bytes.AsSpan(head..^1));
        call.GetProperty("invocationId").GetString().ShouldBe("5");
        call.GetProperty("arguments")[0].GetString().ShouldBe(text);
    }

    [Test]
    public void A_number_is_written_wherever_there_is_room_for_it()
    {
        var frame = CallFrame.Create(null, "SendMessage", $$"""{"content":"load {{CallFrame.Digits}}","key":"a-{{CallFrame.Digits}}"}""");

        frame.With(999_999_999_999);
        var sent = Encoding.UTF8.GetString(frame.With(42));

        sent.ShouldContain("\"invocationId\":\"000000000042\"");
        sent.ShouldContain("\"load 000000000042\"");
        sent.ShouldContain("\"a-000000000042\"");
    }

    [TestCase(20)]
    [TestCase(200)]
    public void What_is_sent_can_be_read_again(int length)
    {
        var frame = CallFrame.Create(null, "SendMessage", $"\"{new string('t', length)} {CallFrame.Digits}\"");

        var call = JsonSerializer.Deserialize<JsonElement>(frame.MessageWith(42));

        call.GetProperty("arguments")[0].GetString().ShouldEndWith("t 000000000042");
    }
}

using Gateflow.Gateway.Translation;

namespace Gateflow.Tests.Translation;

public sealed class ModelRequestTests
{
    // u: the user speaks, c: a call, t: a call behind its thought, r: a result.
    [Theory]
    [InlineData("u", false)]
    [InlineData("ucr", true)]
    [InlineData("utr", false)]
    [InlineData("utrcr", false)] // one thought is enough
    [InlineData("ucru", true)] // text beside a result is no new turn
    [InlineData("utraucr", true)]
    [InlineData("ucrau", false)]
    public void CallsWithoutThoughts_OfAConversation_LooksAtTheLastTurn(string turns, bool expected)
    {
        var request = new ModelRequest { Messages = [.. turns.Select(Turn)] };

        Assert.Equal(expected, request.CallsWithoutThoughts);
    }

    private static Message Turn(char kind) => kind switch
    {
        'c' => new Message(Role.Assistant, [new ToolCallPart("c", "f", "{}")]),
        't' => new Message(Role.Assistant, [new ReasoningPart("Hm", "signed"), new ToolCallPart("c", "f", "{}")]),
        'a' => Message.Of(Role.Assistant, "Done"),
        'r' => Message.Of(Role.Tool, "1"),
        _ => Message.Of(Role.User, "Go on"),
    };
}

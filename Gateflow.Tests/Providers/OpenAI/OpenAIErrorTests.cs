using System.Text;
using Gateflow.Gateway.Providers.OpenAI;

namespace Gateflow.Tests.Providers.OpenAI;

public sealed class OpenAIErrorTests
{
    [Theory]
    [InlineData("""{"error":{"message":"m","type":"t"}}""", "m")]
    [InlineData("""{"error":"m"}""", "m")]
    [InlineData("""{"object":"error","message":"m","code":400}""", "m")]
    [InlineData("""{"detail":"Not authenticated"}""", "Not authenticated")]
    [InlineData("""{"detail":{"message":"Out of memory"}}""", "Out of memory")]
    [InlineData("""{"detail":[{"type":"missing","loc":["body","messages",0,"role"],"msg":"Field required","input":{"content":"secret"}}]}""", "messages.0.role: Field required")]
    [InlineData("""{"detail":[{"loc":["body"],"msg":"Invalid JSON"},{"loc":["body","n"],"msg":"Too many"},7,{}]}""", "Invalid JSON; n: Too many")]
    [InlineData("""{"detail":[]}""", "The provider 'vllm' answered with status 422.")]
    [InlineData("nginx", "The provider 'vllm' answered with status 422.")]
    public void Read_FormsOfServers_TellTheirMessage(string body, string message)
    {
        var error = OpenAIErrorReader.Read(422, Encoding.UTF8.GetBytes(body), "vllm");

        Assert.Equal((422, message), (error.Status, error.Message));
    }

    [Theory]
    [InlineData("Item with id 'rs_1' not found.", true)]
    [InlineData("Item with id \\u0027rs_1\\u0027 not found.", true)]
    [InlineData("Unknown parameter: 'users_1'.", false)]
    [InlineData("headers_1 is too long.", false)]
    public void IsOfThoughts_Ids_StandAtTheStartOfAWord(string message, bool expected) =>
        Assert.Equal(expected, OpenAIErrorReader.IsOfThoughts(Encoding.UTF8.GetBytes($$$"""{"error":{"message":"{{{message}}}","type":"invalid_request_error"}}""")));
}

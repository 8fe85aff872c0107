using System.Text;
using Gateflow.Core.Usage;

namespace Gateflow.Tests.Usage;

public sealed class QuestionHashTests
{
    private const string Asked = """{"model":"gpt-4","messages":[{"role":"user","content":"Hi"}]""";

    [Theory]
    [InlineData(Asked + ""","user":"u-1"}""")]
    [InlineData(Asked + ""","metadata":{"trace":"a","user":[1,2]},"safety_identifier":"s","prompt_cache_key":"k","store":true,"service_tier":"flex"}""")]
    [InlineData("""{ "messages": [ { "role": "user", "content": "Hi" } ], "model": "gpt-4" }""")]
    [InlineData("""{"user":"u-2","messages":[{"role":"user","content":"Hi"}],"model":"an-alias-of-gpt-4"}""")]
    public void Of_TheSameQuestionOfSomebodyElse_IsTheSame(string body) => Assert.Equal(Of(Asked + "}"), Of(body));

    [Theory]
    [InlineData("""{"model":"gpt-4","messages":[{"role":"user","content":"Ho"}]}""")]
    [InlineData("""{"model":"gpt-4","messages":[{"role":"user","content":" Hi"}]}""")]
    [InlineData("""{"model":"gpt-4","messages":[{"role":"user","content":"Hi","user":"u-1"}]}""")]
    [InlineData("""{"model":"gpt-4","messages":[[{"role":"user","content":"Hi"}]]}""")]
    [InlineData(Asked + ""","temperature":0}""")]
    [InlineData(Asked + ""","stream":true}""")]
    [InlineData(Asked + "}{}")]
    [InlineData(Asked)]
    [InlineData("")]
    public void Of_AnythingElse_Differs(string body) => Assert.NotEqual(Of(Asked + "}"), Of(body));

    [Theory]
    [InlineData("prompt 1", "prompt 2")]
    [InlineData("[1]", "[2]")]
    [InlineData("""{"a":"1","user":"u-1""", """{"a":"1","user":"u-2""")]
    [InlineData("""{"\ud800":1}""", """{"\ud800":2}""")]
    public void Of_NoReadableObject_IsOfTheBytes(string one, string other) => Assert.NotEqual(Of(one), Of(other));

    private static string Of(string body) => Convert.ToHexString(QuestionHash.Of(Encoding.UTF8.GetBytes(body)));
}

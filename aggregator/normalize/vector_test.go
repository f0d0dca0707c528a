package normalize_test

import (
	"html"
	"slices"
	"strings"
)

// vectors are texts that try to get a script, a request or a part of a page
// through, by the trick that each class relies on. In all of them x() is what
// must not run and evil.example what must not be asked for.
var vectors = map[string][]string{
	"scripts": {
		`<script>x()</script>`, `<SCRIPT SRC=//evil.example/x.js></SCRIPT>`, `<script/x>x()</script>`, "<script\n>x()</script>", "<script\f>x()</script >",
		`<script>x()`, `<script>x()</script`, `<<script>x()//<</script>`, `<scr<script>ipt>x()</scr</script>ipt>`, `<script><!--x()--></script>`,
		`<script><!--<script></script>--><script>x()</script>`, `<script type=module>x()</script>`, `<script type=module src=data:text/javascript,x()></script>`,
		`<script type=importmap>{"imports":{"a":"data:text/javascript,x()"}}</script><script type=module>import "a"</script>`,
		`<script type=speculationrules>{"prefetch":[{"urls":["https://evil.example/"]}]}</script>`, `<script async defer src=data:,x()></script>`,
		"<script>x`1`</script>", "<script>\u2028x()</script>", `<noscript><script>x()</script></noscript>`, `<svg><script>x()</script></svg>`,
		`<svg><script href=data:,x()></script></svg>`, `<svg><script xlink:href=data:,x() /></svg>`, `<math><script>x()</script></math>`,
		`<svg><script>x&#40;)</script></svg>`, `<svg><script>&#x78;()`, `<svg></script><script>x()</script>`, `<body><script>x()</script></body>`,
		`<html><head><script>x()</script></head></html>`, `<p>a<script>x()</script>b</p>`, `<table><script>x()</script></table>`,
		`<select><script>x()</script></select>`, `<frameset><script>x()</script></frameset>`, `<script>document.write('<img src=y onerror=x()>')</script>`,
		`<script>setTimeout(() => location = 'https://evil.example/')</script>`, `<script>open('https://evil.example/')</script>`, `<script>import('data:text/javascript,x()')</script>`,
		`<script>new Image().src='https://evil.example/i'</script>`, `<script>alert(1)</script>`, `<script>console.log(1)</script>`, `<script>setTimeout("x()")</script>`,
	},
	"handlers": {
		`<img src=y onerror=x()>`, `<img/src=y/onerror=x()>`, "<img\nsrc=y\nonerror\n=\nx()>", "<img\fsrc=y\fonerror=x()>", `<img src=y oNeRrOr=x()>`,
		"<img src=`y`onerror=x()>", `<img src='y'onerror=x()>`, `<img src="y"onerror="x()">`, `<img """><img src=y onerror=x()>">`, `<img src=y onerror="&#120;()">`,
		`<img src=y onerror=&#x78&#x28&#x29>`, `<img srcset=y onerror=x()>`, `<img src=y:y onerror=x()//`, `<img src=y onerror=x() <p>`, "<img src=y\x00onerror=x()>",
		"<img src=y o\x00nerror=x()>", "<im\x00g src=y onerror=x()>", `<image src=y onerror=x()>`, `<image href=y onerror=x()>`, `<body onload=x()>`,
		`<body onpageshow=x()>`, `<body onresize=x()>`, `<p onclick=x()>a</p>`, `<p/onclick=x()>a</p>`, `<p title=" onclick=x() ">a</p>`, `<p title='"onclick=x()'>a</p>`,
		"<p title=`\"onclick=x()`>a</p>", `<p title="&quot; onclick=x()">a</p>`, `<p title="&#34;onmouseover=&#34;x()">a</p>`, `<p onclick onclick=x()>a</p>`,
		`<p a=b onclick=x() a=c onclick=y()>a</p>`, `<a href=https://a.example/ onclick=x() onmouseover=x()>a</a>`, `<details open ontoggle=x()>a</details>`,
		`<details ontoggle=x()><summary>a</summary>b</details>`, `<marquee onstart=x()>a</marquee>`, `<marquee loop=1 width=0 onfinish=x()>a</marquee>`,
		`<video onerror=x()><source src=y></video>`, `<video src=y onerror=x()></video>`, `<video poster=y onloadstart=x() src=y></video>`, `<audio src=y onerror=x()></audio>`,
		`<audio><source onerror=x() src=y></audio>`, `<video><track default src=data:text/vtt,WEBVTT onload=x()></video>`, `<picture><source srcset=y onerror=x()><img src=y></picture>`,
		`<input autofocus onfocus=x()>`, `<select autofocus onfocus=x()></select>`, `<textarea autofocus onfocus=x()></textarea>`, `<button autofocus onfocus=x()>a</button>`,
		`<p tabindex=0 autofocus onfocus=x()>a</p>`, `<a href=# autofocus onfocus=x()>a</a>`, `<keygen autofocus onfocus=x()>`, `<p contenteditable oninput=x() autofocus onfocus=x()>a</p>`,
		`<svg onload=x()>`, `<svg/onload=x()>`, `<svg><g onload=x()></g></svg>`, `<svg><image href=y onerror=x()></svg>`, `<svg><animate onbegin=x() attributeName=x dur=1s>`,
		`<svg><set onbegin=x() attributeName=x to=1>`, `<math onclick=x()>a</math>`, `<math><mi onclick=x()>a</mi></math>`, `<object onerror=x() data=y></object>`,
		`<object onload=x() type=text/html data=data:text/html,a></object>`, `<embed src=y onload=x()>`, `<iframe onload=x()></iframe>`, `<iframe src=y onload=x()></iframe>`,
		`<frameset onload=x()><frame src=y></frameset>`, `<style onload=x()>a{}</style>`, `<link rel=stylesheet href=data:text/css, onload=x()>`, `<script src=y onerror=x()></script>`,
		`<dialog open onclose=x()><form method=dialog><button>a</button></form></dialog>`, `<div popover id=p onbeforetoggle=x()>a</div><button popovertarget=p>b</button>`,
		`<x-y onclick=x()>a</x-y>`, `<div onanimationstart=x() style="animation:a 1s">a</div>`, `<style>@keyframes a{}</style><p style=animation-name:a onanimationend=x()>b</p>`,
		`<p onpointerrawupdate=x() onscrollend=x() onbeforematch=x() hidden=until-found>a</p>`, `<form onsubmit=x()><button>a</button></form>`, `<isindex onfocus=x()>`,
		`</p onclick=x()>`, `<br onclick=x()>`, `<hr onclick=x()/>`, `<ol><li onclick=x()>a</ol>`, `<table onclick=x()><tr onclick=x()><td onclick=x()>a</table>`,
	},
	"URLs": {
		`<a href=javascript:x()>a</a>`, `<a href=JaVaScRiPt:x()>a</a>`, `<a href="jav&#9;ascript:x()">a</a>`, `<a href="jav&#10;ascript:x()">a</a>`, `<a href="jav&#13;ascript:x()">a</a>`,
		`<a href="jav&Tab;ascript:x()">a</a>`, `<a href="jav&NewLine;ascript&colon;x()">a</a>`, "<a href=\"\x01javascript:x()\">a</a>", `<a href="&#1;javascript:x()">a</a>`,
		`<a href=" &#14; javascript:x()">a</a>`, "<a href=\"\u00a0javascript:x()\">a</a>", "<a href=\"\ufeffjavascript:x()\">a</a>", "<a href=\"\u200bjavascript:x()\">a</a>",
		"<a href=\"java\x00script:x()\">a</a>", `<a href="java&#0;script:x()">a</a>`, `<a href=&#106;avascript:x()>a</a>`, `<a href=&#0000106avascript:x()>a</a>`, `<a href=&#x6Aavascript:x()>a</a>`,
		`<a href="javascript&#58;x()">a</a>`, `<a href="javascript&#x3ax()">a</a>`, `<a href=javascript:%78()>a</a>`, `<a href="javascript://%0ax()">a</a>`, `<a href="javascript://a.example/%0ax()">a</a>`,
		`<a href="javascript:/*https://a.example/*/x()">a</a>`, `<a href=vbscript:x()>a</a>`, `<a href=livescript:x()>a</a>`, `<a href=mocha:x()>a</a>`, `<a href=jar:javascript:x()>a</a>`,
		`<a href="feed:javascript:x()">a</a>`, `<a href="view-source:javascript:x()">a</a>`, `<a href="data:text/html,<script>x()</script>">a</a>`, `<a href=data:text/html;base64,PHNjcmlwdD54KCk8L3NjcmlwdD4=>a</a>`,
		`<a href="data:image/svg+xml,<svg onload=x()>">a</a>`, `<a href=blob:https://example.org/1>a</a>`, `<a href=filesystem:https://example.org/1>a</a>`, `<a href=file:///etc/passwd>a</a>`,
		`<a href=about:blank>a</a>`, `<a href=ms-word:ofe|u|https://evil.example/>a</a>`, `<a href=intent://evil.example/#Intent;end>a</a>`, `<a href=tel:1>a</a>`, `<a href=ftp://a.example/>a</a>`,
		`<a href=ws://a.example/>a</a>`, `<a href=chrome://settings>a</a>`, `<a href=mailto:>a</a>`, `<a href="mailto:a@a.example?subject=<script>x()</script>">a</a>`, "<a href=\"mailto:a@a.example\njavascript:x()\">a</a>",
		`<a href="\\a.example/b">a</a>`, `<a href="/\a.example/b">a</a>`, `<a href="///a.example/b">a</a>`, `<a href="https:\\a.example">a</a>`, `<a href="https:a.example">a</a>`, `<a href="https:///a.example">a</a>`,
		`<a href="https://a.example&#9;/b">a</a>`, `<a href="ht&#10;tps://a.example/">a</a>`, `<a href="https://a.example\@b.example/">a</a>`, `<a href="https://u:p@a.example/">a</a>`,
		`<a href="https://a.example:99999/">a</a>`, `<a href="https://[::1]/">a</a>`, `<a href="https://[::1/">a</a>`, `<a href="https://a.example/%zz">a</a>`, `<a href="https://a b.example/">a</a>`,
		`<a href="https://a.example/&quot;onclick=x()">a</a>`, `<a href="https://a.example/'&quot;><script>x()</script>">a</a>`, "<a href=\"https://a.example/\u2028\u202e\">a</a>",
		`<a href="https://ä.example/">a</a>`, `<a href="https://xn--.example/">a</a>`, `<a href="https://a%00.example/">a</a>`, `<a href="?javascript:x()">a</a>`, `<a href=":javascript:x()">a</a>`,
		`<a href="1javascript:x()">a</a>`, `<a href="java+script:x()">a</a>`, `<a href="&#x6a;&#x61;vascript:x()">a</a>`, `<a href=javascript&colonx()>a</a>`, `<a href="javascript&Tab;:x()">a</a>`,
		`<a xlink:href=javascript:x()>a</a>`, `<a xml:base=javascript: href=x()>a</a>`, `<base href=javascript:/><a href=x()>a</a>`, `<base href=//evil.example/><img src=y>`,
		`<img src=javascript:x()>`, `<img src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>">`, `<img lowsrc=javascript:x() dynsrc=javascript:x()>`, `<img longdesc=javascript:x() src=y>`,
		`<video src=javascript:x() poster=javascript:x()></video>`, `<video poster="data:image/svg+xml,a" src=y></video>`, `<audio src=data:audio/wav,a></audio>`, `<video><source src=javascript:x()></video>`,
		`<blockquote cite=javascript:x()>a</blockquote>`, `<q cite=data:,x()>a</q>`, `<ins cite=vbscript:x()>a</ins>`, `<del cite="jav&#9;ascript:x()">a</del>`,
		`<form action=javascript:x()><button>a</button></form>`, `<form><button formaction=javascript:x()>a</button></form>`, `<input type=image src=javascript:x() formaction=javascript:x()>`,
		`<isindex action=javascript:x() type=image>`, `<map name=m><area href=javascript:x() shape=default></map><img usemap=#m src=y>`, `<a href=https://a.example/ ping=//evil.example/>a</a>`,
		`<a href=https://a.example/ target=_top rel=opener>a</a>`, `<a href=https://a.example/ download=x.html>a</a>`, `<table background=javascript:x()><td background=javascript:x()>a</table>`,
		`<body background=javascript:x() link=javascript:x()>`, `<object data=javascript:x() codebase=javascript: classid=javascript:x()></object>`, `<embed src=javascript:x() code=javascript:x()>`,
		`<applet code=javascript:x() archive=//evil.example/a.jar></applet>`, `<param name=movie value=javascript:x()>`, `<svg><a xlink:href=javascript:x()><text y=9>a</text></a></svg>`,
		`<svg><a><animate attributeName=href values=javascript:x() /><text y=9>a</text></a></svg>`, `<svg><use href="data:image/svg+xml,<svg id=a onload=x()/>#a"></use></svg>`,
		`<math href=javascript:x()>a</math>`, `<math><maction actiontype=statusline xlink:href=javascript:x()>a</maction></math>`, `<frameset><frame src=javascript:x()></frameset>`,
		`<iframe src=javascript:x()></iframe>`, `<iframe src="data:text/html,<script>x()</script>"></iframe>`, `<iframe srcdoc="<script>x()</script>"></iframe>`, `<iframe srcdoc=&lt;svg/onload=x()&gt;></iframe>`,
		`<iframe src="jav&#9;ascript:x()"></iframe>`, `<link rel=stylesheet href=javascript:x()>`, `<link rel=import href=data:text/html,<script>x()</script>>`, `<link rel=prefetch href=//evil.example/>`,
		`<link rel=preload as=script href=//evil.example/>`, `<link rel=dns-prefetch href=//evil.example/>`, `<link rel=icon href=//evil.example/i>`, `<link rel=manifest href=//evil.example/m>`,
		`<meta http-equiv=refresh content="0;url=javascript:x()">`, `<meta http-equiv=refresh content="0;url=https://evil.example/">`, `<meta http-equiv=refresh content=0;data:text/html,a>`,
		`<meta http-equiv=set-cookie content=a=b>`, `<meta charset=utf-7>+ADw-script+AD4-x()+ADw-/script+AD4-`, `<meta name=referrer content=unsafe-url>`, `<portal src=https://evil.example/></portal>`,
	},
	"mutation": {
		`<svg></p><style><a title="</style><img src=y onerror=x()>">`, `<svg><style><!--</style><img src=y onerror=x()>-->`, `<svg></br><style><a id="</style><img src=y onerror=x()>">`,
		`<svg><p><style><g title="</style><img src=y onerror=x()>">`, `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=y onerror=x()&gt;">`,
		`<math><mtext><table><mglyph><style><![CDATA[</style><img title="]]&gt;&lt;/mglyph&gt;&lt;img&Tab;src=y&Tab;onerror=x()&gt;">`,
		`<form><math><mtext></form><form><mglyph><style></math><img src=y onerror=x()>`, `<form><math><mtext></form><form><mglyph><svg><mtext><style><path id="</style><img onerror=x() src=y>">`,
		`<math><mtext><h1><a><h6></a></h6><mglyph><svg><mtext><style><a title="</style><img src=y onerror=x()>"></style></h1>`, `<math><mi><b><mglyph><style><img src="</style><img src=y onerror=x()>">`,
		`<math><annotation-xml encoding=text/html><style><a title="</style></annotation-xml></math><img src=y onerror=x()>">`, `<math><annotation-xml><svg><foreignObject><style><!--</style><p id="--><img src=y onerror=x()>">`,
		`<svg><annotation-xml><foreignObject><style><!--</style><p id="--><img src=y onerror=x()>">`, `<svg><desc><style><a title="</style><img src=y onerror=x()>">`, `<svg><title><style><a title="</style><img src=y onerror=x()>">`,
		`<svg><foreignObject><p><style><a title="</style><img src=y onerror=x()>">`, `<math><mo><svg><title><textarea><a title="</textarea></title></svg><img src=y onerror=x()>">`,
		`<noscript><p title="</noscript><img src=y onerror=x()>">`, `<noscript><style></noscript><img src=y onerror=x()></style></noscript>`, `<noscript><!--</noscript><img src=y onerror=x()>--></noscript>`,
		`<noembed><a title="</noembed><img src=y onerror=x()>">`, `<noframes><a title="</noframes><img src=y onerror=x()>">`, `<xmp><a title="</xmp><img src=y onerror=x()>">`, `<xmp><p title="</xmp><svg/onload=x()>">`,
		`<textarea><a title="</textarea><img src=y onerror=x()>">`, `<title><a title="</title><img src=y onerror=x()>">`, `<style><a title="</style><img src=y onerror=x()>">`, `<iframe><a title="</iframe><img src=y onerror=x()>">`,
		`<template><style></template><img src=y onerror=x()></style></template>`, `<template><template><img src=y onerror=x()></template>`, `<div><template shadowrootmode=open><img src=y onerror=x()></template></div>`,
		`<plaintext><img src=y onerror=x()>`, `<listing>&lt;img src=y onerror=x()&gt;</listing>`, `<xmp>&lt;img src=y onerror=x()&gt;</xmp>`, `<select><style><a title="</style></select><img src=y onerror=x()>">`,
		`<select><template><style></select><img src=y onerror=x()></style></template></select>`, `<select><option><style></option></select><img src=y onerror=x()>`, `<table><select><img src=y onerror=x()></table>`,
		`<table><caption><svg><style></table><img src=y onerror=x()>`, `<table><tr><td><svg><desc><td><style></table><img title="</style><img src=y onerror=x()>">`, `<table><input type=hidden onfocus=x() autofocus></table>`,
		`<table><a href=https://a.example/><table><a href=javascript:x()>a`, `<form id=a></form><form><form><p><form><button formaction=javascript:x()>b`, `<form><div></form><div><form><input onfocus=x() autofocus>`,
		`<p><table><p><img src=y onerror=x()></table>`, `<b><p></b><table><b><tr></b><img src=y onerror=x()>`, `<a><b><a><table><td><a><i><a><script>x()</script>`, `<button><button><p><button onclick=x()>a`,
		`<nobr><table><nobr><img src=y onerror=x()></table></nobr>`, `<h1><h2><h3><script>x()</script>`, `<li><p><li><dd><dt><img src=y onerror=x()>`, `<ruby><rt><rp><rb><rtc><script>x()</script>`,
		`<svg><![CDATA[><img src=y onerror=x()>]]></svg>`, `<![CDATA[><img src=y onerror=x()>]]>`, `<math><![CDATA[</math><img src=y onerror=x()>]]>`, `<svg><p><![CDATA[><img src=y onerror=x()>]]>`,
		`<svg><a><p></a><style><!--</style><img src=y onerror=x()>-->`, `<svg><font color=x><style><a title="</style><img src=y onerror=x()>">`, `<math><font><style><!--</style><img src=y onerror=x()>-->`,
		`<svg><b><style><a title="</style><img src=y onerror=x()>">`, `<math><mtext><script>x()</script>`, `<svg><foreignObject><script>x()</script>`, `<svg><foreignObject><math><mtext><img src=y onerror=x()>`,
		`<svg><foreignObject><iframe srcdoc="<script>x()</script>">`, `<frameset><noframes><img src=y onerror=x()></noframes></frameset>`, `<body><frameset><img src=y onerror=x()>`, `<html onclick=x()><body onclick=x()>a`,
		`</body><img src=y onerror=x()>`, `</html><img src=y onerror=x()><!--`, `<head></head><img src=y onerror=x()>`, `<isindex><img src=y onerror=x()>`, `<svg></svg><p><style></p><img src=y onerror=x()></style>`,
		`<math><mtext><option><math><mi><style><a title="</style><img src=y onerror=x()>">`, `<svg><text><tspan><style><!--</style><img src=y onerror=x()>`, `<x-y><svg></x-y><style><!--</style><img src=y onerror=x()>`,
		"<pre>\n<img src=y onerror=x()></pre>", "<textarea>\n</textarea><img src=y onerror=x()>", `<p id="--><img src=y onerror=x()>"><!--`, `<math><mtext><img><style><a title="</style><img src=y onerror=x()>">`,
	},
	"comments": {
		`<!--><img src=y onerror=x()>-->`, `<!---><img src=y onerror=x()>-->`, `<!--!><img src=y onerror=x()>-->`, `<!----!><img src=y onerror=x()>-->`, `<!-- --!><img src=y onerror=x()> -->`, `<!-- a -- b><img src=y onerror=x()> -->`,
		`<!-- --- ><img src=y onerror=x()>-->`, `<!-- <!-- --><img src=y onerror=x()>-->`, `<!--<img src="--><img src=y onerror=x()>">`, `<!- -><img src=y onerror=x()>`, `<! ><img src=y onerror=x()>`, `<?><img src=y onerror=x()>`,
		`<?xml version="1.0"?><img src=y onerror=x()>`, `<?xml-stylesheet href="javascript:x()"?>`, `<?php echo '<img src=y onerror=x()>' ?>`, `<!doctype html><img src=y onerror=x()>`, `<!DOCTYPE a [<!ENTITY b "<script>x()</script>">]>&b;`,
		`</ ><img src=y onerror=x()>`, `</><img src=y onerror=x()>`, `</1><img src=y onerror=x()>`, `</%><img src=y onerror=x()>`, `<!a><img src=y onerror=x()>`, `<!--[if gte IE 4]><script>x()</script><![endif]-->`,
		`<!--[if true]><img onerror=x() src=y>-->`, `<comment><img src="</comment><img src=y onerror=x()>"></comment>`, `<% <img src=y onerror=x()> %>`, `<!-- a`, `<!-- <img src=y onerror=x()>`, `--><img src=y onerror=x()><!--`,
		`<![if true]><script>x()</script><![endif]>`, "<!--\x00--><img src=y onerror=x()>", `<![CDATA[<script>x()</script>]]>`, `<!ELEMENT a><script>x()</script>`, `<a <!-- href=javascript:x() --> >a</a>`,
	},
	"spellings": {
		`<IMG SRC=y ONERROR=x()>`, `<img src=y onerror=x()`, `<img src="y" onerror="x()`, `<img src='y' onerror='x()`, `<img src=y onerror=x()//>`, `<img / src=y / onerror=x() />`, "<img\tsrc=y\tonerror=x()>", "<img\rsrc=y\ronerror=x()>",
		"<img\x0bsrc=y\x0bonerror=x()>", "<img\u00a0src=y onerror=x()>", "<img\u2003src=y onerror=x()>", `<img src=y onerror = "x()">`, `<img src=y "onerror=x()">`, `<img src=y =onerror=x()>`, `<img src=y <onerror=x()>`, `<img src=y onerror=x()><`,
		"<\x00img src=y onerror=x()>", "<img src=y onerror=x()\x00>", `< img src=y onerror=x()>`, "<\nimg src=y onerror=x()>", `<<img src=y onerror=x()>>`, `&lt;img src=y onerror=x()&gt;`, `&amp;lt;img src=y onerror=x()&amp;gt;`,
		`&ltimg src=y onerror=x()&gt`, `&#60;img src=y onerror=x()&#62;`, `&#x3c;script&#x3e;x()&#x3c;/script&#x3e;`, `&#60script&#62x()&#60/script&#62`, `%3Cscript%3Ex()%3C/script%3E`, `\x3cscript\x3ex()\x3c/script\x3e`, `\u003cscript\u003ex()`,
		`+ADw-script+AD4-x()+ADw-/script+AD4-`, "\xc0\xbcscript\xc0\xbex()", "\xa2\xbescript\xbcx()", "\u00bcscript\u00bex()", "\uff1cscript\uff1ex()\uff1c/script\uff1e", "\u2039script\u203ax()", "<\u017fcript>x()</\u017fcript>",
		"<\u212aeygen autofocus onfocus=x()>", "<\u017fvg onload=x()>", "<img src=y on\u0435rror=x()>", "\x1b$B<script>x()", "\ufeff<script>x()</script>", "\ufffe<script>x()</script>", "\xff\xfe<\x00s\x00c\x00r\x00i\x00p\x00t\x00>\x00",
		`<a href=https://a.example/?a=b&lt=c&copy=d&quot;onclick=x()>a</a>`, `<p title=a&quot;onclick=x()&quot;>a</p>`, "<p title=a\fonclick=x()>b</p>", "<p title=`a` onclick=x()>b</p>", `<p title=a"onclick=x()>b</p>`, `<p title='a' 'onclick=x()'>b</p>`,
		`<p title="a" title="b" onclick="x()" onclick="y()">c</p>`, `<a href=https://a.example/ href=javascript:x()>a</a>`, `<a href=javascript:x() href=https://a.example/>a</a>`, `<a HREF=javascript:x() href=https://a.example/>a</a>`,
		`<p =onclick=x()>a</p>`, `<p ="onclick=x()">a</p>`, `<p a='b"' onclick='x()"'>c</p>`, `<p a="b'" onclick="x()'">c</p>`, `<p //onclick=x()>a</p>`, `<p /=/onclick=x()>a</p>`, `<p a=/onclick=x()>a</p>`, `<p a=b/onclick=x()>a</p>`,
		`<img src=y onerror=x()></img>`, `<br/onclick=x()/>`, `</br onclick=x()>`, `</p/onclick=x()>`, "<p\n\nonclick\n\n=\n\n'x()'\n\n>a</p>", `<h7 onclick=x()>a</h7>`, `<a/b href=javascript:x()>a</a>`, `<svg:script>x()</svg:script>`,
		`<html:script xmlns:html="http://www.w3.org/1999/xhtml">x()</html:script>`, `<x:script xmlns:x="http://www.w3.org/1999/xhtml">x()</x:script>`, `<xml id=a><x><img src=y onerror=x()></x></xml>`, `<a:b onclick=x()>c</a:b>`,
	},
	"frames": {
		`<iframe src=https://www.youtube.com/embed/a></iframe>`, `<iframe src=//www.youtube.com/embed/a></iframe>`, `<iframe src=http://www.youtube.com/embed/a></iframe>`, `<iframe src=https://www.youtube.com.evil.example/embed/a></iframe>`,
		`<iframe src=https://www.youtube.com@evil.example/embed/a></iframe>`, `<iframe src=https://evil.example@www.youtube.com/embed/a></iframe>`, `<iframe src=https://www.youtube.com:8443/embed/a></iframe>`,
		`<iframe src=https://www.youtube.com:443/embed/a></iframe>`, `<iframe src=https://evil.example/www.youtube.com/embed/a></iframe>`, `<iframe src=https://evil.example/?https://www.youtube.com/embed/a></iframe>`,
		`<iframe src=https://evil.example/#https://www.youtube.com/embed/a></iframe>`, `<iframe src="https://evil.example\@www.youtube.com/embed/a"></iframe>`, `<iframe src="https://www.youtube.com\@evil.example/embed/a"></iframe>`,
		`<iframe src=https://www.youtube.com%2eevil.example/embed/a></iframe>`, `<iframe src=https://www.youtube.com%00.evil.example/embed/a></iframe>`, "<iframe src=https://www.youtube.com\x00.evil.example/embed/a></iframe>",
		`<iframe src=https://WWW.YOUTUBE.COM/embed/a></iframe>`, `<iframe src=https://www.youtube.com./embed/a></iframe>`, `<iframe src=https://evilwww.youtube.com/embed/a></iframe>`, `<iframe src=https://www.y&#x3bf;utube.com/embed/a></iframe>`,
		`<iframe src=https://www.youtube.com/embed/../redirect?q=evil.example></iframe>`, `<iframe src=https://www.youtube.com/embed/..%2fredirect></iframe>`, `<iframe src=https://www.youtube.com/embed/%2e%2e/redirect></iframe>`,
		`<iframe src="https://www.youtube.com/embed/..\redirect"></iframe>`, `<iframe src=https://www.youtube.com/embed/a#x></iframe>`, `<iframe src=ftp://www.youtube.com/embed/a></iframe>`, `<iframe src=javascript://www.youtube.com/embed/%0ax()></iframe>`,
		`<iframe src=data://www.youtube.com/embed/a></iframe>`, `<iframe src=https://player.vimeo.com/video/1 allow="camera;microphone" name=top></iframe>`, `<iframe src=https://player.vimeo.com/video/1 sandbox srcdoc=a></iframe>`,
		`<iframe src=https://player.vimeo.com/video/1 onload=x()><script>x()</script></iframe>`, `<iframe src=https://player.vimeo.com/video/1><img src=y onerror=x()>`, `<iframe data-src=https://player.vimeo.com/video/1 src=javascript:x()></iframe>`,
		`<iframe src=https://player.vimeo.com.evil.example/video/1></iframe>`, `<iframe src=https://evil.example/></iframe>`, `<iframe src="https://evil.example/" title="<img src=y onerror=x()>"></iframe>`, `<iframe></iframe>`,
		`<iframe src=y>a</iframe>`, `<iframe csp="script-src *" src=https://player.vimeo.com/video/1></iframe>`, `<iframe credentialless src=https://evil.example/></iframe>`, `<fencedframe></fencedframe>`, `<embed src=https://www.youtube.com/embed/a>`,
		`<object data=https://www.youtube.com/embed/a></object>`, `<object type=text/html data=https://evil.example/></object>`, `<embed type=image/svg+xml src=https://evil.example/a.svg>`, `<amp-iframe src=https://evil.example/></amp-iframe>`,
	},
	"images": {
		`<img src=//i.example/a.png srcset="//i.example/a.png 1x, data:image/png,a 2x">`, `<img srcset="javascript:x() 1x, //i.example/b.png 2x">`, `<img srcset=",,,//i.example/a.png,,, //i.example/b.png">`, `<img srcset="//i.example/a,b.png 1x">`,
		`<img srcset="data:image/svg+xml;utf8,<svg onload=x()> 1x">`, `<img srcset="//i.example/a.png (x,javascript:x()) 1x">`, `<img srcset="//i.example/a.png 1x 2w, //i.example/b.png 3h">`, `<img srcset="//i.example/a.png -1x">`,
		`<img srcset="//i.example/a.png 1e3x, //i.example/b.png NaNx, //i.example/c.png +1x">`, `<img srcset="//i.example/a&#9;b.png 1x">`, "<img srcset=\"//i.example/a.png\t1x,\n//i.example/b.png\f2x\">", `<img srcset="//i.example/%22onerror=x()">`,
		`<img srcset='//i.example/"onerror=x() 1x'>`, `<img srcset="//i.example/a.png&#x2c; javascript:x()">`, `<img srcset="//i.example/, 1x">`, `<img srcset="//i.example/a.png 1x, , , //i.example/b.png 2x">`, `<img src=//i.example/a.png sizes="100vw; x()">`,
		`<img src=//i.example/a.png sizes="(max-width:1px) calc(1px + 2vw), 3vw" srcset="//i.example/b.png 4w">`, `<img src=//i.example/a.png sizes="expression(x())" srcset="//i.example/b.png 1w">`, `<picture><source srcset="javascript:x()" media="(min-width:1px)"><img src=//i.example/a.png></picture>`,
		`<picture><source srcset=//i.example/a.webp media="&quot;onload=x()"><img src=//i.example/a.png></picture>`, `<picture><source srcset=//i.example/a.webp type="<script>"><img src=//i.example/a.png></picture>`, `<img data-src=javascript:x() src=//i.example/a.png>`,
		`<img data-src="//i.example/a.png" onload=x()>`, `<img data-srcset="javascript:x() 1x" src=//i.example/a.png>`, `<noscript><img src=//i.example/a.png onload=x()></noscript>`, `<img src=//i.example/a.png alt="&quot;><script>x()</script>">`,
		`<img src=//i.example/a.png alt='"onload="x()'>`, "<img src=//i.example/a.png alt=`onload=x()`>", `<img src=//i.example/a.png title="--><script>x()</script>">`, `<img src=//i.example/a.png width="1&quot;onload=x()">`, `<img src=//i.example/a.png width=expression(x())>`,
		`<img src=//i.example/a.png height=9999999999999999999>`, `<img src=//i.example/a.png width=-1>`, `<img src=//i.example/a.png crossorigin=use-credentials attributionsrc=//evil.example/ fetchpriority=high decoding=sync>`,
		`<img src=//i.example/a.png usemap=#m ismap name=body id=body>`, `<img src=//i.example/a.png loading=eager referrerpolicy=unsafe-url>`, `<amp-img src=javascript:x() srcset="javascript:x() 1x"></amp-img>`, `<img src=//u:p@i.example/a.png>`,
		`<img src="//i.example/a.png&#10;onload=x()">`, `<img src="//i.example:port/a.png">`, `<img src=//i.example/a.svg#x()>`, `<video poster=//i.example/p.png src=//i.example/v.mp4 autoplay muted loop></video>`, `<video src=//i.example/v.mp4 controlslist=a disableremoteplayback></video>`,
		`<audio src=//i.example/a.mp3 autoplay></audio>`, `<video><source src=//i.example/v.mp4 type="video/mp4;codecs=&quot;a&quot;"><track src=//evil.example/t.vtt default></video>`, `<bgsound src=//evil.example/a.mid>`, `<input type=image src=//evil.example/i>`,
	},
	"styles": {
		`<style>@import '//evil.example/a.css';</style>`, `<style>body{background:url(//evil.example/b)}</style>`, `<style>p{x:expression(x())}</style>a`, `<p style="background:url(//evil.example/c)">a</p>`, `<p style="background:url(javascript:x())">a</p>`,
		`<p style="x:expression(x())">a</p>`, `<p style="behavior:url(#default#time2)">a</p>`, `<p style="-moz-binding:url(//evil.example/x.xml#a)">a</p>`, `<p style="position:fixed;inset:0;z-index:9">a</p>`, `<p style="list-style:url(//evil.example/d)">a</p>`,
		`<p style="content:url(//evil.example/e)">a</p>`, `<p style="cursor:url(//evil.example/f),auto">a</p>`, `<p style="\62 ackground:u\72l(//evil.example/g)">a</p>`, `<p style="background:/**/url(//evil.example/h)">a</p>`, `<style>@font-face{font-family:a;src:url(//evil.example/i)}p{font-family:a}</style><p>a</p>`,
		`<link rel=stylesheet href=//evil.example/j.css>`, `<style media=all>a</style>`, `<svg><style>@import '//evil.example/k.css';</style></svg>`, `<math><style>@import '//evil.example/l.css';</style></math>`, `<p style="background-image:image-set('//evil.example/m' 1x)">a</p>`,
		`<style><!--</style><script>x()</script>-->`, `<style></style<img src=y onerror=x()></style>`, `<layer src=//evil.example/n></layer>`, `<xss style="xss:expression(x())">`, `<font style="animation-name:a" onanimationstart=x()>b</font>`,
		`<table background=//evil.example/o><tr background=//evil.example/p><td background=//evil.example/q>a</table>`, `<body background=//evil.example/r>`, `<ul><li style="list-style-image:url(//evil.example/s)">a</ul>`, `<p style="filter:url(//evil.example/t#a)">a</p>`,
	},
	"names": {
		`<a id=document name=document>a</a>`, `<form name=body><input name=firstChild><input name=attributes></form>`, `<img name=cookie src=y>`, `<img name=getElementById src=y>`, `<form id=a><input id=parentNode name=nodeName></form>`,
		`<a id=x><a id=x name=y href=javascript:x()>a</a>`, `<iframe name=self srcdoc="a"></iframe>`, `<object name=currentScript data=y></object>`, `<embed name=implementation src=y>`, `<p id=__proto__ class=admin-bar>a</p>`,
		`<output id=defaultView name=forms>a</output>`, `<p slot=a is=x-y part=b exportparts=c>a</p>`, `<p data-bind="x()" data-ng-init="x()" x-init="x()" @click="x()" v-on:click="x()" :onclick="x()">{{x()}}</p>`, `<p hx-get=//evil.example/ hx-trigger=load>a</p>`,
		`<div accesskey=x onclick=x() tabindex=1 contenteditable draggable=true inert hidden popover=auto>a</div>`, `<p itemscope itemid=javascript:x() itemtype=javascript:x() nonce=a autocapitalize=on>a</p>`, `<p aria-label="<script>x()</script>" role=button>a</p>`,
		`<p xmlns:xlink=http://www.w3.org/1999/xlink xlink:href=javascript:x() xml:base=javascript:>a</p>`, `<p xmlns="http://www.w3.org/2000/svg" xml:lang="de&quot;onclick=x()">a</p>`, `<p lang='"onclick="x()'>a</p>`, `<p dir="ltr&quot;onclick=x()">a</p>`,
		`<time datetime="2026&quot;onclick=x()">a</time>`, `<td colspan="2&quot;onclick=x()">a</td>`, `<ol start="1&quot;onclick=x()" type="javascript:x()"><li value="x()">a</ol>`, `<a hreflang='"onclick="x()' href=https://a.example/>a</a>`,
		`<details open="open&quot;onclick=x()">a</details>`, `<th scope="row&quot;onclick=x()">a</th>`, `<abbr title="&#34;&#32;onclick&#61;&#34;x()">a</abbr>`, `<p title="</p><script>x()</script>">a</p>`, `<p title="]]><script>x()</script>">a</p>`,
		`<slot name=a onslotchange=x()>b</slot>`, `<data value=x() onclick=x()>a</data>`, `<meter onclick=x() value=1>a</meter>`, `<progress onclick=x()>a</progress>`, `<canvas onclick=x()>a</canvas>`, `<menu onclick=x()><menuitem onclick=x()>a</menu>`,
		`<command onclick=x()>`, `<search onclick=x()>a</search>`, `<selectedcontent onclick=x()>a</selectedcontent>`, `<acronym onclick=x()>a</acronym>`, `<blink onclick=x()>a</blink>`, `<spacer onclick=x()>a`, `<multicol onclick=x()>a</multicol>`,
	},
}

// surroundings are pages that a vector may stand in: each changes how a parser
// reads what follows.
var surroundings = []string{
	"%", "<p>a%b</p>", "<table>%", "<table><tr><td>%", "<table><colgroup>%", "<table><caption>%", "<select>%", "<select><option>%", "<svg>%", "<svg><desc>%", "<svg><foreignObject>%",
	"<math>%", "<math><mtext>%", "<math><mtext><mglyph>%", `<math><annotation-xml encoding="text/html">%`, "<noscript>%</noscript>", "<template>%</template>", "<textarea>%</textarea>",
	"<title>%</title>", "<style>%</style>", "<script>%</script>", "<xmp>%</xmp>", "<iframe>%</iframe>", "<noembed>%</noembed>", "<noframes>%</noframes>", "<plaintext>%", "<frameset>%",
	"<!--%-->", "<![CDATA[%]]>", "<svg><![CDATA[%]]></svg>", "<svg><style>%", "<math><style>%", `<p title="%">a</p>`, `<p title='%'>a</p>`, "<p title=%>a</p>", "<p %>a</p>", `<a href="%">a</a>`, "<a href='%'>a</a>",
	`<img src="%">`, `<img alt='%' src=y>`, `<img srcset="%">`, `<video poster="%" src=y></video>`, "<form><form>%", "<button>%", "<a><table><a>%", "<b><p>%</b>", "<pre>\n%</pre>", "<h1><h2>%", "<ruby><rt>%", "<li><dd>%",
	"<object>%</object>", "<video>%</video>", "<picture>%</picture>", "<figure>%<figcaption>%</figcaption></figure>", "<details><summary>%</summary>%</details>", "<x-y>%</x-y>", "<%>", "</%>",
}

// ownVectors are all vectors of the table, in order.
func ownVectors() []string {
	var all []string
	for _, class := range classes() {
		all = append(all, vectors[class]...)
	}
	return all
}

func classes() []string {
	var all []string
	for class := range vectors {
		all = append(all, class)
	}
	slices.Sort(all)
	return all
}

// surrounded returns a vector in each of the surroundings, as it is and with
// its marks as entities.
func surrounded(vector string) []string {
	var all []string
	for _, s := range surroundings {
		all = append(all, strings.ReplaceAll(s, "%", vector), strings.ReplaceAll(s, "%", html.EscapeString(vector)))
	}
	return all
}

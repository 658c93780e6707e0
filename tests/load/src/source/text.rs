//! A file as UTF-8, however it was saved: a byte order mark is no part of it, and UTF-16, as spreadsheets save "Unicode text", is converted on the way.

use std::fs::File;
use std::io::{self, Read};

/// How many bytes are read at once: an even number, so that no unit of UTF-16 is torn.
const CHUNK: u64 = 1 << 16;

/// The text of a file.
pub(super) struct Text {
    file: File,
    units: Option<Units>,
    ready: Vec<u8>,
    /// How much of what is ready was handed on.
    taken: usize,
}

/// How two bytes make a unit of UTF-16.
#[derive(Clone, Copy)]
enum Units {
    LittleEndian,
    BigEndian,
}

impl Text {
    pub(super) fn of(file: File) -> io::Result<Self> {
        let mut text = Self { file, units: None, ready: Vec::new(), taken: 0 };
        let bytes = text.chunk(CHUNK)?;
        let (units, mark) = match bytes[..] {
            [0xef, 0xbb, 0xbf, ..] => (None, 3),
            [0xff, 0xfe, ..] => (Some(Units::LittleEndian), 2),
            [0xfe, 0xff, ..] => (Some(Units::BigEndian), 2),
            // No text begins with a character that is zero.
            [first, 0, ..] if first != 0 => (Some(Units::LittleEndian), 0),
            [0, second, ..] if second != 0 => (Some(Units::BigEndian), 0),
            _ => (None, 0),
        };
        text.units = units;
        text.make_ready(&bytes[mark..])?;
        Ok(text)
    }

    /// What it begins with.
    pub(super) fn start(&self) -> &[u8] {
        &self.ready
    }

    fn chunk(&mut self, length: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        (&mut self.file).take(length).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn make_ready(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.taken = 0;
        self.ready = match self.units {
            None => bytes.to_vec(),
            Some(units) => self.converted(bytes, units)?,
        };
        Ok(())
    }

    /// These units, and what completes the last of them.
    fn converted(&mut self, bytes: &[u8], units: Units) -> io::Result<Vec<u8>> {
        let no_utf16 = || io::Error::new(io::ErrorKind::InvalidData, "it is no whole UTF-16");
        let unit = |pair: &[u8]| {
            let pair = <[u8; 2]>::try_from(pair).map_err(|_| no_utf16())?;
            Ok::<u16, io::Error>(match units {
                Units::LittleEndian => u16::from_le_bytes(pair),
                Units::BigEndian => u16::from_be_bytes(pair),
            })
        };
        let mut all = bytes.chunks(2).map(unit).collect::<Result<Vec<_>, _>>()?;
        if all.last().is_some_and(|last| (0xd800..0xdc00).contains(last)) {
            all.push(unit(&self.chunk(2)?)?);
        }
        let text = String::from_utf16(&all).map_err(|_| no_utf16())?;
        Ok(text.into_bytes())
    }
}

impl Read for Text {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.ready.len() {
            let bytes = self.chunk(CHUNK)?;
            self.make_ready(&bytes)?;
        }
        let left = &self.ready[self.taken..];
        let length = buffer.len().min(left.len());
        buffer[..length].copy_from_slice(&left[..length]);
        self.taken += length;
        Ok(length)
    }
}
